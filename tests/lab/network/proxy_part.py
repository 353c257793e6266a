"""Real proxies: squid and tinyproxy, each with a configuration for the behaviour that a scenario wants."""
import signal

import hosts
import plan as plans

RIGHT_SECRET = "agent:right"  # what proxies accept that want credentials
WRONG_SECRET = "agent:wrong"
FIREWALL = {"PROXY_BLACK_HOLE": "drop", "PROXY_REFUSES": "reject with tcp reset"}


def start_squid(host, folder, port, secret, rejects):
    lines = [f"http_port {port}", f"pid_filename {folder}/pid", f"cache_log {folder}/cache.log", "access_log none",
             "cache deny all", f"coredump_dir {folder}", "shutdown_lifetime 0 seconds", "pinger_enable off",
             "max_filedescriptors 256", f"visible_hostname {host.name}.test"]
    if secret:
        user, password = secret.split(":")
        hashed = hosts.system("openssl", "passwd", "-apr1", password).strip()
        folder.joinpath("users").write_text(f"{user}:{hashed}\n")
        lines += [f"auth_param basic program /usr/lib/squid/basic_ncsa_auth {folder}/users",
                  "auth_param basic children 1 startup=1", "acl known proxy_auth REQUIRED", "http_access allow known"]
    lines.append(f"http_access {'deny' if rejects or secret else 'allow'} all")
    folder.joinpath("squid.conf").write_text("\n".join(lines) + "\n")
    return host.start(["squid", "-N", "-f", folder / "squid.conf"], folder / "out.log", ready=port)


def start_tinyproxy(host, folder, port, secret, rejects):
    lines = [f"Port {port}", "Timeout 600", "MaxClients 20", f"LogFile \"{folder}/tinyproxy.log\""]
    lines += [f"Listen {address}" for address in host.addresses]
    lines += ["BasicAuth {} {}".format(*secret.split(":"))] if secret else []
    lines += ["Deny 0.0.0.0/0", "Deny ::/0"] if rejects else []
    folder.joinpath("tinyproxy.conf").write_text("\n".join(lines) + "\n")
    return host.start(["tinyproxy", "-d", "-c", folder / "tinyproxy.conf"], folder / "out.log", ready=port)


START = {"squid": start_squid, "tinyproxy": start_tinyproxy}


def start(host, model, product, work):
    """Starts the proxy of a ProxyModel; returns what stands for it."""
    behaviour = model.get("behaviour", "PROXY_WORKS")
    if behaviour == "PROXY_NAME_UNKNOWN":
        return ["dnsmasq"]
    port = int(model["address"].rsplit(":", 1)[1])
    folder = work / host.name
    folder.mkdir()
    folder.chmod(0o777)  # servers lay down their rights
    wants = behaviour == "PROXY_WANTS_CREDENTIALS" or "credentials" in model
    process = START[product](host, folder, port, RIGHT_SECRET if wants else None, behaviour == "PROXY_REJECTS")
    if "connect_timeout" in model:
        host.execute("sysctl", "-qw", f"net.ipv4.tcp_syn_retries={plans.SYN_RETRIES[model['connect_timeout']]}")
    if behaviour in FIREWALL:
        host.firewall(f"tcp dport {port} {FIREWALL[behaviour]}")
        return [product, "nftables"]
    if behaviour == "PROXY_SWALLOWS":
        process.send_signal(signal.SIGSTOP)
        return [product, "SIGSTOP"]
    return [product]
