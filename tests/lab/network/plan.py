"""What has to stand where for a scenario's world to be real: pure tables and rules, without touching the machine.

A world that nothing real stands for is refused by name, never played as something else.
"""
import base64
import re
from urllib.parse import urlsplit

PLAY_LIMIT_S = 60

# What stands for each behaviour of the service. CLOUD: the reference service itself. MISBEHAVING: service.py.
CLOUD, MISBEHAVING, NOBODY = "holdfast-cloud", "service.py", "nobody listens"
SERVICE_PARTS = {
    "SERVICE_ANSWERS": CLOUD,
    "SERVICE_NAME_UNKNOWN": CLOUD,     # without a record in the name server
    "SERVICE_NAME_UNANSWERED": CLOUD,  # behind a name server whose packets are dropped
    "SERVICE_ABSENT": CLOUD,           # behind a firewall that drops
    "SERVICE_HANGS": CLOUD,            # stopped by SIGSTOP: its system still takes connections
    "SERVICE_BAD_CERTIFICATE": CLOUD,  # with a certificate that the agent has no reason to trust
    "SERVICE_REFUSES": NOBODY,
    "SERVICE_TRUNCATES": MISBEHAVING,
    "SERVICE_ABORTS": MISBEHAVING,
    "SERVICE_TALKS_GARBAGE": MISBEHAVING,
    "SERVICE_SENDS_PAGE": MISBEHAVING,
    "SERVICE_UNAVAILABLE": MISBEHAVING,
    "SERVICE_SENDS_WRONG_SCHEMA": MISBEHAVING,
    "SERVICE_SENDS_OTHER_HASH": MISBEHAVING,
    "SERVICE_SENDS_TOO_MUCH": MISBEHAVING,
    "SERVICE_REDIRECTS": MISBEHAVING,
}
# What service.py does by itself; under every other behaviour it answers, and others see to the rest.
OF_ITS_OWN = {"SERVICE_HANGS"} | {name for name, part in SERVICE_PARTS.items() if part == MISBEHAVING}
IN_PHASES = {"SERVICE_ANSWERS", "SERVICE_ABSENT", "SERVICE_REFUSES"} | OF_ITS_OWN
CLOUD_LATENCY_MS_MAX = 5  # what the reference service takes by itself; of slower ones service.py is one

# Behaviours for which it matters which product the proxy is; of the others the machine or its firewall is the cause.
BY_PRODUCT = {"PROXY_WORKS", "PROXY_WANTS_CREDENTIALS", "PROXY_REJECTS", "PROXY_SWALLOWS"}
PRODUCTS = ("squid", "tinyproxy")
WRONG_CREDENTIALS_STATUS = {"squid": 407, "tinyproxy": 401}

# How long a host tries to connect, by net.ipv4.tcp_syn_retries: the products leave that to their system.
SYN_RETRIES = {"3s": 1, "7s": 2}

# Of the host that the service gets, hosts.Lan's second one.
SERVICE_ADDRESSES = ("10.77.0.2", "fd77::2")


class NotRealisable(Exception):
    """There is no real part for this world."""


def milliseconds(text, default):
    if not text:
        return default
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m)", text)
    if not match:
        raise NotRealisable(f"\"{text}\" is no time in ms, s or m")
    return float(match[1]) * {"ms": 1, "s": 1000, "m": 60_000}[match[2]]


class Plan:
    """`scenario` as network_lab_run --describe tells it."""

    def __init__(self, scenario):
        world, settings = scenario.get("world", {}), scenario.get("settings", {})
        self.network = world.get("network", {"has_ipv4": True})
        self.service = world.get("service", {})
        self.behaviour = self.service.get("behaviour", "SERVICE_ANSWERS")
        self.latency_ms = milliseconds(self.service.get("latency"), 20)
        self.retry_after_s = int(milliseconds(self.service.get("retry_after"), 0)) // 1000
        self.proxies = world.get("proxy", [])
        self.phases = world.get("phase", [])
        self.credentials = settings.get("proxy", {}).get("credentials")  # their name, as the agent gives it
        url = urlsplit(settings.get("certified_safe_software", {}).get("service_url", ""))
        self.encrypted, self.service_name = url.scheme == "https", url.hostname
        self.by_address = self.service_name in SERVICE_ADDRESSES
        self.port = url.port or (443 if self.encrypted else 80)
        self.refuse_what_is_not_real()
        self.changes = self.changes_of_service()

    def refuse_what_is_not_real(self):
        for field in ("loss_percent", "latency_at_most"):
            if field in self.service:
                raise NotRealisable(f"service.{field} is drawn from a seed")
        if self.service_name is None or not (self.by_address or self.service_name.endswith(".test")):
            raise NotRealisable(f"service_url needs a name that ends with .test, or one of {', '.join(SERVICE_ADDRESSES)}")
        if self.by_address and (self.encrypted or self.behaviour.startswith("SERVICE_NAME_")):
            raise NotRealisable("a service without a name has no certificate, and nobody looks it up")
        for proxy in self.proxies:
            if proxy.get("connect_timeout", "3s") not in SYN_RETRIES:
                raise NotRealisable(f"a proxy's connect_timeout is one of {', '.join(SYN_RETRIES)}")
        for phase in self.phases:
            if "proxy" in phase or "latency" in phase or phase.get("service") not in IN_PHASES:
                raise NotRealisable(f"phase {phase}: only the service may change, and only to {sorted(IN_PHASES)}")

    def service_part(self):
        part = SERVICE_PARTS[self.behaviour]
        if part == CLOUD and self.behaviour == "SERVICE_HANGS" and self.encrypted:
            return MISBEHAVING  # a stopped process would not even shake hands
        if part == CLOUD and (self.phases or self.latency_ms > CLOUD_LATENCY_MS_MAX):
            return MISBEHAVING
        return part

    def known(self):
        """{sha256 in hexadecimal digits: what the service knows}"""
        return {base64.b64decode(program["sha256"]).hex(): {key: value for key, value in program.items() if key != "sha256"}
                for program in self.service.get("knows", [])}

    def products(self):
        """The products that the story is played with; [None] where none takes part as one."""
        if not any(proxy.get("behaviour", "PROXY_WORKS") in BY_PRODUCT for proxy in self.proxies):
            return [None]
        for proxy in self.proxies:
            if self.credentials and proxy.get("credentials", self.credentials) != self.credentials:
                status = proxy.get("wrong_credentials_status", 407)
                return [name for name in PRODUCTS if WRONG_CREDENTIALS_STATUS[name] == status]
        return list(PRODUCTS)

    def accepts_credentials(self):
        return any(proxy.get("credentials") == self.credentials for proxy in self.proxies)

    def changes_of_service(self):
        """[(second, behaviour)], the first at 0."""
        bounds = {0.0}
        for phase in self.phases:
            start, end, period = phase_ms(phase)
            for repeat in range(int(PLAY_LIMIT_S * 1000 / period) if period else 1):
                bounds |= {start + repeat * period, end + repeat * period}
        return [(at_ms / 1000, self.behaviour_at(at_ms)) for at_ms in sorted(bounds)]

    def behaviour_at(self, at_ms):
        behaviour = self.behaviour
        for phase in self.phases:
            start, end, period = phase_ms(phase)
            since = at_ms - start
            if since >= 0 and (since % period if period else since) < end - start:
                behaviour = phase["service"]
        return behaviour


def phase_ms(phase):
    return (milliseconds(phase.get("from"), 0), milliseconds(phase.get("until"), PLAY_LIMIT_S * 1000),
            milliseconds(phase.get("every"), 0))
