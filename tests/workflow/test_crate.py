"""A finished run as a Provenance Run Crate: valid, whole, and true about what made what."""

import io
import json
import shutil
import sys
import zipfile
from hashlib import sha256

import pytest
import requests
import urllib3
from conftest import Project, products
from rocrate_validator.models import ValidationSettings
from rocrate_validator.services import validate

# The validator's libraries use what they themselves have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
PROFILE = "provenance-run-crate-0.5"
# The public contexts as far as the crate uses them: the validator would fetch them from the network.
SCHEMA = (
    "ComputerLanguage ControlAction CreateAction CreativeWork Dataset HowTo HowToStep Organization OrganizeAction "
    "PropertyValue SoftwareApplication SoftwareSourceCode about author contentSize datePublished description "
    "encodingFormat endTime hasPart identifier instrument license mainEntity mentions name object position "
    "programmingLanguage result softwareVersion startTime step url value version workExample"
)
CRATE = {name: f"http://schema.org/{name}" for name in SCHEMA.split()} | {
    "File": "http://schema.org/MediaObject",
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
}
CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": CRATE,
    "https://w3id.org/ro/terms/workflow-run/context": {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
}


def answer(adapter, request, **_options):
    """Contexts without a network; anything else is not found."""
    body = json.dumps({"@context": CONTEXTS.get(request.url)}).encode()
    status, headers = (200 if request.url in CONTEXTS else 404), {"Content-Type": "application/ld+json"}
    raw = urllib3.HTTPResponse(io.BytesIO(body), headers, status, preload_content=False, request_url=request.url)
    return adapter.build_response(request, raw)


def issues(crate):
    settings = ValidationSettings(rocrate_uri=str(crate), profile_identifier=PROFILE, no_cache=True)
    return [str(issue.message) for issue in validate(settings).get_issues()]


def pack(project, run="tiny"):
    return project.call(sys.executable, "workflow/crate", *filter(None, [run]))


@pytest.fixture(scope="module")
def own_project(finished_project, tmp_path_factory):
    """A copy of the finished run, to pack."""
    folder = tmp_path_factory.mktemp("packed") / "project"
    shutil.copytree(finished_project.folder, folder, symlinks=True)
    return Project(folder)


@pytest.fixture(scope="module")
def crate(own_project):
    done = pack(own_project)
    assert done.returncode == 0, done.stderr
    return own_project.folder / "results" / "tiny.crate.zip"


@pytest.fixture
def graph(crate):
    with zipfile.ZipFile(crate) as archive:
        return {entity["@id"]: entity for entity in json.loads(archive.read("ro-crate-metadata.json"))["@graph"]}


def test_the_crate_is_valid(crate, monkeypatch):
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", answer)
    assert issues(crate) == []


def test_a_crate_whose_jobs_have_no_tool_is_not_valid(crate, graph, tmp_path, monkeypatch):
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", answer)
    del graph["#job-0"]["instrument"]
    with zipfile.ZipFile(crate) as archive:
        archive.extractall(tmp_path)
    context = json.loads((tmp_path / "ro-crate-metadata.json").read_text())["@context"]
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps({"@context": context, "@graph": list(graph.values())}))
    assert any("instrument" in message for message in issues(tmp_path))


def test_every_product_is_packed_with_the_job_that_made_it(crate, graph, own_project):
    made = {}
    for name, entity in graph.items():
        if name.startswith("#job-"):
            results = entity["result"] if isinstance(entity["result"], list) else [entity["result"]]
            made |= {result["@id"]: entity for result in results}
    assert made["results/tiny/summary.md"] is made["results/tiny/pages/summary.html"]
    logs = list((own_project.results / "logs").rglob("*.log"))
    assert len({id(entity) for entity in made.values()}) == len(logs)
    with zipfile.ZipFile(crate) as archive:
        for name in [f"results/tiny/{product}" for product in products(own_project.results)]:
            assert graph[made[name]["instrument"]["@id"]]["@type"] == ["File", "SoftwareSourceCode"]
            assert graph[name]["sha256"] == sha256(archive.read(name)).hexdigest()
    figure = made["results/tiny/figures/trajectory_errors/bdm.svg"]
    assert figure["instrument"] == {"@id": "workflow/scripts/figure_trajectory_errors.py"}
    assert {"@id": "results/tiny/tables/trajectory_errors/bdm-c0.25.csv"} in figure["object"]


def test_the_run_is_described(crate, graph):
    run = graph["#run"]
    assert run["object"] == [{"@id": "config/config.yaml"}, {"@id": "tiny.yaml"}]
    assert {"@id": "results/tiny/summary.md"} in run["result"]
    assert "cores" in graph["#engine-run"]["description"]
    with zipfile.ZipFile(crate) as archive:
        assert "envs/torch.lock" in archive.namelist()
        assert json.loads(archive.read("results/tiny/run.json"))["configuration"]["run"] == "tiny"


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("other", "results/other/run.json: is not there; finish the run before it is packed."),
        ("../tiny", "run: is '../tiny', must be a name"),
        ("", "usage: python workflow/crate RUN"),
    ],
)
def test_what_cannot_be_packed_is_said_in_one_sentence(own_project, run, message):
    done = pack(own_project, run)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_that_was_made_elsewhere_is_refused(finished_copy):
    target = finished_copy.folder / "results" / "tiny.crate.zip"
    for path in (finished_copy.folder / ".snakemake" / "metadata").iterdir():
        path.unlink()
    done = pack(finished_copy)
    assert done.returncode == 1
    assert "knows no job of results/tiny; pack a run in the folder where it was made." in done.stderr
    assert not target.exists()


def test_a_run_whose_code_has_changed_is_refused(finished_copy):
    finished_copy.edit("eqlearn/pages.py", "DIGITS = 4", "DIGITS = 5")
    done = pack(finished_copy)
    assert done.returncode == 1
    assert "results/tiny: is not finished, or code or configuration (config/config.yaml, tiny.yaml)" in done.stderr


def test_results_behind_a_link_are_packed(finished_copy, tmp_path):
    """Results on a scratch disk, under their own names."""
    scratch = tmp_path / "scratch"
    (finished_copy.folder / "results").rename(scratch)
    (finished_copy.folder / "results").symlink_to(scratch)
    done = pack(finished_copy)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(scratch / "tiny.crate.zip") as archive:
        assert "results/tiny/summary.md" in archive.namelist()
