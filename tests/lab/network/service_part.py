"""The real service of a story: holdfast-cloud, service.py or nobody, and its firewall."""
import json
import pathlib
import signal
import subprocess

import hosts
import plan as plans


class ServicePart:
    def __init__(self, host, plan, cloud, work):
        self.host, self.plan, self.work, self.described = host, plan, work, []
        self.process = None
        certificate = self.certificates() if plan.encrypted else ()
        part = plan.service_part()
        self.described.append(part + ", TLS" * (plan.encrypted and part != plans.NOBODY))
        if part == plans.CLOUD:
            self.start_cloud(cloud, certificate)
        elif part == plans.MISBEHAVING:
            self.start_misbehaving(certificate)
        self.behave(plan.changes[0][1])

    def certificates(self):
        """The one that the service shows, and its key. What the agent trusts lies in trusted.crt."""
        names = ["trusted"] + ["another"] * (self.plan.behaviour == "SERVICE_BAD_CERTIFICATE")
        for name in names:
            files = self.work / f"{name}.crt", self.work / f"{name}.key"
            hosts.system("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=laboratory",
                         "-addext", f"subjectAltName=DNS:{self.plan.service_name}", "-out", files[0], "-keyout", files[1])
        return files

    def start_cloud(self, cloud, certificate):
        table = ["sha256,verdict,detections,age_days"]
        for sha256, program in self.plan.known().items():
            fields = program.get("verdict", "").lower(), program.get("detections", 0), program.get("age_days", "")
            table.append(",".join(map(str, (sha256, *fields))))
        self.work.joinpath("known.csv").write_text("\n".join(table) + "\n")
        data = self.work / "reputation.sqlite"
        hosts.system(cloud, "import", "--csv", self.work / "known.csv", "--data", data)
        addresses = (f"[{address}]" if ":" in address else address for address in self.host.addresses)
        self.process = self.host.start(
            [cloud, "serve", "--data", data, *(f"--listen={address}:{self.plan.port}" for address in addresses),
             *(f"--{option}={file}" for option, file in zip(("certificate", "key"), certificate))],
            self.work / "service.log", ready=self.plan.port)

    def start_misbehaving(self, certificate):
        self.work.joinpath("known.json").write_text(json.dumps(self.plan.known()))
        script = pathlib.Path(__file__).with_name("service.py")
        self.process = self.host.start(
            ["python3", script, self.plan.port, self.work / "known.json", *certificate],
            self.work / "service.log", ready=self.plan.port, stdin=subprocess.PIPE)

    def behave(self, behaviour):
        """From now on the service behaves like this."""
        rules = []
        if self.plan.service.get("ipv6_black_hole"):
            rules.append("meta nfproto ipv6 meta l4proto tcp drop")
        if behaviour == "SERVICE_ABSENT":
            rules.append(f"tcp dport {self.plan.port} drop")
        if behaviour == "SERVICE_REFUSES" and self.process:
            rules.append(f"tcp dport {self.plan.port} reject with tcp reset")
        self.host.firewall(*rules)
        if rules:
            self.described.append("nftables")
        if self.process and self.process.stdin:
            own = behaviour if behaviour in plans.OF_ITS_OWN else "SERVICE_ANSWERS"
            self.process.stdin.write(f"{own} {self.plan.latency_ms} {self.plan.retry_after_s}\n".encode())
            self.process.stdin.flush()
        elif behaviour == "SERVICE_HANGS":
            self.process.send_signal(signal.SIGSTOP)
            self.described.append("SIGSTOP")
