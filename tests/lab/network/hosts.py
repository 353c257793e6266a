"""Hosts of the laboratory: network namespaces on one bridge, each with its own addresses, firewall and name service.

  with Lan() as lan:
      agent = lan.host("agent", ipv4=False, ipv6=True)
      agent.execute("curl", "http://service.test/")

Nothing leaves the namespaces. Leaving the block ends what runs in them and removes them.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import time

START_LIMIT_S = 20  # until a server that was started takes connections


class LabError(Exception):
    """The laboratory itself is broken; says nothing about the engine."""


def system(*words):
    try:
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=30)
    except OSError as error:
        raise LabError(str(error)) from error
    if done.returncode != 0:
        raise LabError(f"{' '.join(map(str, words))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Host:
    """One namespace. `number` gives its addresses: 10.77.0.N and fd77::N."""

    def __init__(self, lan, name, number, ipv4, ipv6):
        self.name, self.number, self.ipv4, self.ipv6 = name, number, ipv4, ipv6
        self.namespace = f"{lan.name}-{name}"
        self.etc = pathlib.Path("/etc/netns", self.namespace)
        self.processes = []

    def connect(self, lan):
        """Makes the namespace, and its addresses on the bridge."""
        system("ip", "netns", "add", self.namespace)
        port = f"to{self.number}"
        system("ip", "-n", lan.namespace, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        system("ip", "-n", lan.namespace, "link", "set", port, "master", "bridge0", "up")
        if not self.ipv6:
            self.execute("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.lo.disable_ipv6=0")
        system("ip", "-n", self.namespace, "link", "set", "lo", "up")
        system("ip", "-n", self.namespace, "link", "set", "eth0", "up")
        if self.ipv4:
            system("ip", "-n", self.namespace, "addr", "add", f"{self.ipv4_address}/24", "dev", "eth0")
        if self.ipv6:
            system("ip", "-n", self.namespace, "addr", "add", f"{self.ipv6_address}/64", "dev", "eth0", "nodad")

    ipv4_address = property(lambda self: f"10.77.0.{self.number}")
    ipv6_address = property(lambda self: f"fd77::{self.number}")
    addresses = property(lambda self: [self.ipv4_address] * self.ipv4 + [self.ipv6_address] * self.ipv6)

    def inside(self, words):
        return ["ip", "netns", "exec", self.namespace, *map(str, words)]

    def execute(self, *words):
        return system(*self.inside(words))

    def asks_names_at(self, other):
        """Names are looked up at `other`, over a family that both have."""
        self.etc.mkdir(parents=True)
        both = other.ipv4_address if self.ipv4 else other.ipv6_address
        self.etc.joinpath("resolv.conf").write_text(f"nameserver {both}\n")
        self.etc.joinpath("nsswitch.conf").write_text("hosts: files dns\n")
        self.etc.joinpath("hosts").write_text("127.0.0.1 localhost\n")

    def start(self, words, log, ready=None, **options):
        """Starts a server, and waits until it takes TCP connections on the port `ready`, if given."""
        with open(log, "ab") as out:
            process = subprocess.Popen(self.inside(words), start_new_session=True, stderr=out,
                                       **{"stdin": subprocess.DEVNULL, "stdout": out, **options})
        self.processes.append(process)
        limit = time.monotonic() + START_LIMIT_S
        while ready is not None and not self.listens(ready):
            if process.poll() is not None or time.monotonic() > limit:
                raise LabError(f"{words[0]} does not start: {pathlib.Path(log).read_text()[-2000:]}")
            time.sleep(0.01)
        return process

    def listens(self, port):
        return self.execute("ss", "-Hltn", f"sport = :{port}").strip() != ""

    def firewall(self, *rules):
        """What comes in meets these rules, and no earlier ones."""
        text = "\n".join(rules)
        done = subprocess.run(self.inside(["nft", "-f", "-"]), capture_output=True, text=True, timeout=30, input=f"""
            table inet lab
            delete table inet lab
            table inet lab {{
                chain input {{
                    type filter hook input priority 0
                    {text}
                }}
            }}
        """)
        if done.returncode != 0:
            raise LabError(f"nft: {done.stderr}")

    def remove(self):
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait(timeout=10)
        subprocess.run(["ip", "netns", "del", self.namespace], check=False, timeout=30, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.etc, ignore_errors=True)


class Lan:
    def __init__(self, name=None):
        self.name = name or f"holdfast{os.getpid()}"
        self.namespace = f"{self.name}-lan"
        self.hosts = []

    def __enter__(self):
        system("ip", "netns", "add", self.namespace)
        system("ip", "-n", self.namespace, "link", "add", "bridge0", "type", "bridge", "mcast_snooping", "0")
        system("ip", "-n", self.namespace, "link", "set", "bridge0", "up")
        return self

    def __exit__(self, *_):
        for host in self.hosts:
            host.remove()
        subprocess.run(["ip", "netns", "del", self.namespace], check=False, timeout=30)

    def host(self, name, ipv4, ipv6):
        host = Host(self, name, len(self.hosts) + 1, ipv4, ipv6)
        self.hosts.append(host)  # before there is anything of it: whatever happens, it is removed
        host.connect(self)
        return host
