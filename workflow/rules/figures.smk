figures = []
