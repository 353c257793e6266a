"""A story's network, built for real.

  with Laboratory(plan, "squid", programs, folder) as laboratory:
      documents = laboratory.play(scenario_file)
"""
import json
import subprocess
import threading
import time
from typing import NamedTuple

import hosts
import plan as plans
import proxy_part
from service_part import ServicePart


class Programs(NamedTuple):
    cloud: str  # holdfast-cloud
    run: str    # network_lab_run


class Laboratory:
    def __init__(self, plan, product, programs, work):
        self.plan, self.programs, self.work = plan, programs, work
        self.product = product or plans.PRODUCTS[0]
        self.lan = hosts.Lan()
        self.described = []

    def __enter__(self):
        self.work.mkdir(parents=True)
        with_cleanup = self.lan.__enter__()
        try:
            self.build(with_cleanup)
        except BaseException:
            self.lan.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.lan.__exit__()

    def build(self, lan):
        network, behaviour = self.plan.network, self.plan.behaviour
        self.agent = lan.host("agent", network.get("has_ipv4", False), network.get("has_ipv6", False))
        service_host = lan.host("service", True, self.plan.service.get("has_ipv6", False))
        self.names = lan.host("names", True, True)
        nameless = behaviour == "SERVICE_NAME_UNKNOWN" or self.plan.by_address
        records = {} if nameless else {self.plan.service_name: service_host}
        self.service = ServicePart(service_host, self.plan, self.programs.cloud, self.work)
        for i, model in enumerate(self.plan.proxies):
            # A proxy stands where the agent can reach it; one that converts has the other family as well.
            converts = model.get("converts", False)
            host = lan.host(f"proxy{i}", self.agent.ipv4 or converts, self.agent.ipv6 or converts)
            host.asks_names_at(self.names)
            if model.get("behaviour") != "PROXY_NAME_UNKNOWN":
                records[model["address"].rsplit(":", 1)[0]] = host
            self.described += proxy_part.start(host, model, self.product, self.work)
        self.start_names(records)
        if self.agent.addresses:
            self.agent.asks_names_at(self.names)

    def start_names(self, records):
        self.names.start(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root",
             f"--pid-file={self.work}/dnsmasq.pid", "--local=/#/", "--cache-size=0",
             *(f"--host-record={name},{','.join(host.addresses)}" for name, host in records.items())],
            self.work / "dnsmasq.log", ready=53)
        if self.plan.behaviour == "SERVICE_NAME_UNANSWERED":
            self.names.firewall("meta l4proto { tcp, udp } th dport 53 drop")
            self.described.append("nftables")

    def parts(self):
        return list(dict.fromkeys(self.service.described + self.described))

    def play(self, scenario_file):
        """The documents that network_lab_run prints."""
        command = [self.programs.run, scenario_file]
        if self.plan.encrypted:
            command.append(f"--ca={self.work}/trusted.crt")
        if self.plan.credentials:
            secret = proxy_part.RIGHT_SECRET if self.plan.accepts_credentials() else proxy_part.WRONG_SECRET
            command.append(f"--credentials={self.plan.credentials}={secret}")
        process = self.agent.start(command, self.work / "run.log", stdout=subprocess.PIPE, text=True)
        if process.stdout.readline() != "begin\n":
            raise hosts.LabError(f"network_lab_run did not begin: {self.work.joinpath('run.log').read_text()}")
        over = threading.Event()
        changing = threading.Thread(target=self.change, args=(time.monotonic(), over))
        changing.start()
        try:
            output, _ = process.communicate(timeout=plans.PLAY_LIMIT_S)
        except subprocess.TimeoutExpired as expired:
            raise hosts.LabError(f"the story took more than {plans.PLAY_LIMIT_S} s") from expired
        finally:
            over.set()
            changing.join()
        if process.returncode != 0:
            raise hosts.LabError(f"network_lab_run: {self.work.joinpath('run.log').read_text()}")
        return [json.loads(line) for line in output.splitlines()]

    def change(self, began, over):
        for at_s, behaviour in self.plan.changes[1:]:
            if over.wait(max(0, began + at_s - time.monotonic())):
                return
            self.service.behave(behaviour)
