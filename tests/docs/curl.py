"""A stand-in for curl on machines that have none: the options that the documentation uses, and no others."""

import argparse
import sys
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit


def main() -> None:
    """Make one request and write what curl would write."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data")
    parser.add_argument("--data-binary", dest="file", type=_file)
    parser.add_argument("-s", dest="silent", action="store_true")
    parser.add_argument("-g", dest="globoff", action="store_true")
    parser.add_argument("-i", dest="include", action="store_true")
    parser.add_argument("-D", dest="headers_to")
    parser.add_argument("-o", dest="output")
    parser.add_argument("url")
    asked = parser.parse_args()
    address = urlsplit(asked.url)
    target = address.path + (f"?{address.query}" if address.query else "")
    body = asked.file if asked.data is None else asked.data.encode()
    method = asked.method or ("GET" if body is None else "POST")
    headers = dict(header.split(": ", 1) for header in asked.headers)
    connection = HTTPConnection(address.netloc, timeout=30)
    connection.request(method, target, body, headers)
    answer = connection.getresponse()
    head, said = head_of(answer).encode(), answer.read()
    if asked.headers_to is not None:
        Path(asked.headers_to).write_bytes(head)
    if asked.output is not None:
        Path(asked.output).write_bytes(said)
    sys.stdout.buffer.write((head if asked.include else b"") + (b"" if asked.output is not None else said))


def _file(named: str) -> bytes:
    """What is in the file that `@` stands before."""
    if not named.startswith("@"):
        raise ValueError(named)
    return Path(named[1:]).read_bytes()


def head_of(answer: HTTPResponse) -> str:
    """The status line and the headers, as they came."""
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
    lines += [f"{name}: {value}" for name, value in answer.getheaders()]
    return "\r\n".join(lines) + "\r\n\r\n"


if __name__ == "__main__":
    main()
