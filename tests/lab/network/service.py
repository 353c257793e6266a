#!/usr/bin/env python3
"""A reputation service that misbehaves as it is told: every ServiceBehaviour that is one of the service itself.

usage: service.py PORT KNOWN.json [CERTIFICATE KEY]

Each line on standard input is "BEHAVIOUR LATENCY_MS RETRY_AFTER_S", in force from then on; 0: it does not say when to retry. KNOWN.json: {sha256: {"verdict": "SAFE",
"detections": 7, "age_days": 30}}. What is asked under way keeps the behaviour that it met.
"""
import asyncio
import json
import re
import ssl
import sys

REQUEST_BYTES_MAX = 64 * 1024
QUESTION = re.compile(r"GET /v1/(safe|prevalence)/([0-9a-f]{64}) HTTP/1\.1")


def response(status, kind, body):
    return (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            f"{body}").encode()


def page(status, title="Welcome"):
    return response(status, "text/html", f"<html><title>{title}</title></html>")


def answer(question, known, about_another=False):
    match = QUESTION.match(question)
    if not match:
        return page("404 Not Found")
    purpose, sha256 = match.groups()
    program = known.get(sha256, {})
    if about_another:
        sha256 = ("1" if sha256[0] == "0" else "0") + sha256[1:]
    fields = {"sha256": sha256}
    if purpose == "safe":
        fields["verdict"] = program.get("verdict", "UNKNOWN")
    else:
        fields["detections"] = program.get("detections", 0)
        if "age_days" in program:
            fields["age_days"] = program["age_days"]
    return response("200 OK", "application/json", json.dumps(fields))


class Service:
    BYTES = {  # what is sent before the connection is closed
        "SERVICE_ANSWERS": lambda self, question: answer(question, self.known),
        "SERVICE_SENDS_OTHER_HASH": lambda self, question: answer(question, self.known, about_another=True),
        "SERVICE_TRUNCATES": lambda self, _: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                             b"Content-Length: 100\r\n\r\n{\"sha256\":",
        "SERVICE_ABORTS": lambda self, _: b"",
        "SERVICE_TALKS_GARBAGE": lambda self, _: b"SSH-2.0-OpenSSH_9.2\r\n",
        "SERVICE_SENDS_PAGE": lambda self, _: page("200 OK"),
        "SERVICE_UNAVAILABLE": lambda self, _: page("503 Service Unavailable" + self.retry_after()),
        "SERVICE_REDIRECTS": lambda self, _: page("302 Found\r\nLocation: http://elsewhere.test/"),
        "SERVICE_SENDS_WRONG_SCHEMA": lambda self, _: response("200 OK", "application/json",
                                                               '{"sha256": 5, "colour": "blue"}'),
    }

    def __init__(self, known):
        self.known, self.behaviour, self.latency_s, self.retry_after_s = known, "SERVICE_ANSWERS", 0, 0

    def retry_after(self):
        return f"\r\nRetry-After: {self.retry_after_s}" if self.retry_after_s else ""

    async def hear(self):
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            self.behaviour, latency_ms, retry_after_s = line.decode().split()
            self.latency_s, self.retry_after_s = float(latency_ms) / 1000, int(retry_after_s)

    async def serve(self, reader, writer):
        try:
            behaviour, latency_s = self.behaviour, self.latency_s
            question = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            if behaviour == "SERVICE_HANGS":
                await reader.read()
                return
            await asyncio.sleep(latency_s)
            if behaviour == "SERVICE_SENDS_TOO_MUCH":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                while True:
                    writer.write(b" " * 4096)
                    await writer.drain()
            writer.write(self.BYTES[behaviour](self, question))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked is gone, or never meant to ask
        finally:
            writer.close()


async def main(port, known_file, *certificate):
    with open(known_file, encoding="utf-8") as file:
        service = Service(json.load(file))
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*certificate)
    server = await asyncio.start_server(service.serve, None, int(port), limit=REQUEST_BYTES_MAX, ssl=tls)
    async with server:
        await service.hear()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
