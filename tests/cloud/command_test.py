#!/usr/bin/env python3
"""Starts the real holdfast-cloud, asks it as a stranger would, and holds docs/openapi.yaml against it.

usage: command_test.py HOLDFAST_CLOUD
"""
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

PROGRAM = sys.argv[1]
HASH = "ab" * 32
failed = 0


def expect(what, condition):
    global failed
    failed += not condition
    print(f"  {'ok  ' if condition else 'FAIL'}  {what}")


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)


def ask(url, method="GET", body=None, headers=None):
    request = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def documented():
    """[(path, [status])] of docs/openapi.yaml, whose layout is ours: two blanks per level."""
    found = []
    for line in pathlib.Path("docs/openapi.yaml").read_text().splitlines():
        if match := re.fullmatch(r"  (/\S*):", line):
            found.append((match.group(1), []))
        elif match := re.fullmatch(r"        \"(\d{3})\":", line):
            found[-1][1].append(int(match.group(1)))
    return found


def shown_in_readme():
    """[(command, output)] of the block of README.md that shows this program."""
    text = pathlib.Path("README.md").read_text()
    block = next(part for part in text.split("```") if "$ holdfast-cloud import" in part)
    return [tuple(part.strip().split("\n", 1)) for part in block.split("$ ")[1:]]


def as_the_readme_says(folder):
    """Runs what README.md shows, on a free port."""
    shown = shown_in_readme()
    expect("the README shows import, serve and questions", [line.split()[0] for line, _ in shown].count("curl") >= 2)
    server, url, port = None, None, None
    for line, output in shown:
        words = line.replace("reputation.sqlite", f"{folder}/readme.sqlite").split()
        if words[0] == "curl":
            expect(f"README: {line[:60]}", ask(words[1].replace(port, url))[2].strip() == output)
        elif words[1] == "serve":
            port = output.split()[-1]
            server = subprocess.Popen([PROGRAM, *words[1:-1], "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
            said = server.stdout.readline()
            url = said.split()[-1]
            expect("README: serve", said.strip() == output.replace(port, url))
        else:
            expect("README: import", run(*words[1:]).stdout.strip().replace(f"{folder}/readme", "reputation") == output)
    server.kill()


with tempfile.TemporaryDirectory() as folder:
    as_the_readme_says(folder)
    data = f"{folder}/reputation.sqlite"
    table = pathlib.Path(folder, "list.csv")
    table.write_text(f"sha256,verdict,detections\n{HASH},safe,7\n")
    help_text = run("--help").stdout
    expect("help names every command", all(word in help_text for word in ("serve", "import", "generate", "status")))
    expect("an unknown command is bad usage", run("dance", "--data", data).returncode == 2)
    expect("a missing file is bad input", run("status", "--data", data).returncode == 2)
    expect("a list goes in", run("import", "--csv", str(table), "--data", data).returncode == 0)
    table.write_text(f"sha256\n{HASH}\nnonsense\n")
    bad = run("import", "--csv", str(table), "--data", data)
    expect("a bad line is named", bad.returncode == 2 and "list.csv:3: sha256" in bad.stderr)
    expect("status counts", "1 programs: 1 safe" in run("status", "--data", data).stdout)

    server = subprocess.Popen([PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().split()[-1]
        paths = documented()
        expect("four paths are described", len(paths) == 4)
        for path, statuses in paths:
            status, headers, body = ask(url + path.replace("{sha256}", HASH))
            expect(f"GET {path}: {status} is described", status == 200 and status in statuses)
            expect(f"HEAD {path}: the same without a body", ask(url + path.replace("{sha256}", HASH), "HEAD")[::2] == (200, ""))
            if "{sha256}" in path:
                status, _, _ = ask(url + path.replace("{sha256}", "nonsense"))
                expect(f"GET {path}: {status} is described", status == 400 and status in statuses)
                status, _, _ = ask(url + path.replace("{sha256}", HASH), headers={"If-None-Match": headers["ETag"]})
                expect(f"GET {path}: {status} is described", status == 304 and status in statuses)
                status, _, _ = ask(url + path.replace("{sha256}", HASH), "GET", b"x")
                expect(f"GET {path}: {status} is described", status == 413 and status in statuses)
        answer = json.loads(ask(f"{url}/v1/safe/{HASH}")[2])
        expect("the answer says what was put in", answer == {"sha256": HASH, "verdict": "SAFE"})
        expect("other methods are refused", ask(f"{url}/v1/safe/{HASH}", "DELETE")[0] == 405)
        expect("other paths lead nowhere", ask(f"{url}/v1/elsewhere")[0] == 404)
        expect("a long request is refused", ask(f"{url}/v1/safe/{'a' * 20000}")[0] in (413, 414, 431))
        server.send_signal(signal.SIGTERM)
        expect("it ends when asked to", server.wait(timeout=20) == 0)
    finally:
        server.kill()

print("FAILED" if failed else "passed")
sys.exit(1 if failed else 0)
