"""A real Slurm of one node with two pretended GPUs on the loopback interface, from Debian's packages.

Without systemd, cgroups and accounting; a folder of its own holds keys, state and logs, and nothing but a link in
/etc/slurm leaves it (Snakemake's executor forgets SLURM_CONF, so the configuration must lie where Slurm looks).
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

PACKAGES = ("slurm-wlm", "munge")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue")
ETC = Path("/etc/slurm")
FILES = ("slurm.conf", "gres.conf")
# A site looks at the queue less often; everything else is as in the profile.
TESTING = (
    *("--workflow-profile", "profiles/slurm"),
    *("--slurm-init-seconds-before-status-checks", "3"),
    *("--latency-wait", "10"),
)
DAEMONS = {  # command in the foreground, so that each is our own child
    "munged": "munged --foreground --force --num-threads=1",
    "slurmctld": "slurmctld -D",
    "slurmd": "slurmd -D",
}
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={node_port}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
SlurmctldTimeout=10
SlurmdTimeout=10
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
MinJobAge=3600
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=16000 Gres=gpu:2 State=UNKNOWN
PartitionName=cpu Nodes={host} Default=YES State=UP
PartitionName=gpu Nodes={host} State=UP
"""


def obstacle() -> str | None:
    """Why no Slurm can be brought up here, in words; None when it can, its packages being installed where missing."""
    if os.geteuid() != 0:
        return "Slurm needs root here"
    for path in map(ETC.joinpath, FILES):
        ours = path.is_symlink() and path.readlink().is_relative_to(gettempdir())  # left behind by killed tests
        if path.exists() and not (ours and "UP" not in said("scontrol", "ping")):
            return f"{path} belongs to a Slurm of this machine"
    if all(map(shutil.which, PROGRAMS)):
        return None
    if shutil.which("apt-get") is None:
        return "Slurm is not installed and there is no apt-get"
    # RUNLEVEL=1: the packages' own services stay down.
    options = {**os.environ, "RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", "--quiet", *command], capture_output=True, text=True, env=options)
    return None if done.returncode == 0 else f"Slurm cannot be installed: {done.stderr.strip().splitlines()[-1]}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Poll until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


def said(*command: str) -> str:
    """Standard output of a command; empty where it fails."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout


def job_of(rule: str) -> str:
    """Number of the job of a rule that runs."""
    lines = said("squeue", "--noheader", "--states", "RUNNING", "--format", "%A %k").splitlines()
    return next(line.split()[0] for line in lines if line.split()[1].startswith(f"rule_{rule}"))


def without_numbers(message: str) -> str:
    """A message of Snakemake's executor, alike for every job."""
    return re.sub(r"'\d+(_\d+)?'", "'…'", message)


class Slurm:
    """The daemons; ``folder`` must have a short path (sockets) and vanish after the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen] = {}
        self._configure()
        for name in DAEMONS:
            self.start(name)

    def _configure(self) -> None:
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        host = socket.gethostname().split(".")[0]
        text = CONFIGURATION.format(host=host, folder=self.folder, port=free_port(), node_port=free_port())
        # slurmd sets CUDA_VISIBLE_DEVICES only for device nodes: these are /dev/null by another name.
        for number in range(2):
            os.mknod(self.folder / f"nvidia{number}", 0o666 | 0o020000, os.makedev(1, 3))
        gpus = f"NodeName={host} Name=gpu File={self.folder}/nvidia[0-1]\n"
        ETC.mkdir(exist_ok=True)
        for name, content in zip(FILES, (text, gpus)):
            (self.folder / name).write_text(content)
            (ETC / name).unlink(missing_ok=True)
            (ETC / name).symlink_to(self.folder / name)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)

    def start(self, name: str) -> None:
        """Start a daemon and wait until the node is idle or at work."""
        command = DAEMONS[name].split()
        if name == "munged":
            places = {"socket": "socket", "key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
            command += [f"--{option}={self.folder}/munge.{suffix}" for option, suffix in places.items()]
        with (self.folder / f"{name}.out").open("a") as log:
            self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        if name == "munged":
            wait_until(lambda: (self.folder / "munge.socket").exists(), "munged")
        if name == "slurmctld":
            wait_until(lambda: "UP" in said("scontrol", "ping"), "slurmctld")
        if name == "slurmd":
            wait_until(lambda: {*self.node_state().split()} & {"idle", "mixed", "allocated"}, "slurmd")

    def kill(self, name: str) -> None:
        """SIGKILL to one daemon; jobs on the node stay."""
        self.processes[name].kill()
        self.processes[name].wait()

    @staticmethod
    def node_state() -> str:
        return said("sinfo", "--noheader", "--partition", "cpu", "--format", "%T")

    @staticmethod
    def jobs(states: str = "all") -> list[str]:
        """Numbers of the jobs that Slurm remembers."""
        return said("squeue", "--noheader", "--states", states, "--format", "%A").split()

    @staticmethod
    def details(job: str) -> dict[str, str]:
        """What Slurm knows about a job, by its own keys."""
        words = said("scontrol", "show", "job", "--details", job).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def stop(self) -> None:
        """Cancel all jobs, stop the daemons, take the links away."""
        if self.jobs("PENDING,RUNNING"):
            subprocess.run(["scancel", "--full", "--signal=KILL", *self.jobs("RUNNING")], capture_output=True)
            subprocess.run(["scancel", *self.jobs("PENDING,RUNNING")], capture_output=True)
            wait_until(lambda: not self.jobs("PENDING,RUNNING,COMPLETING"), "cancelled jobs", 20)
        for name in reversed(DAEMONS):
            self.processes[name].send_signal(signal.SIGTERM)
            try:
                self.processes[name].wait(10)
            except subprocess.TimeoutExpired:
                self.kill(name)
        for name in FILES:
            (ETC / name).unlink(missing_ok=True)
