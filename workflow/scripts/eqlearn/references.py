"""What stands in a column of learners beside those that learn."""

PUBLICATION = "publication"  # what the publication gives
TRUE = "true"  # the equation that made the data
