"""A MongoDB of three members on loopback, and ways to lose the one that takes the writes."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import bson
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from app.embedded import Mongod
from app.embedded.child import environment_of_a_server, spawn
from app.embedded.mongod import REPLICA_SET
from tests.deployments import until
from tests.faults.truth import Stored, commits_of
from tests.servers import temporary_folder

MEMBERS = 3
ELECTION_TIMEOUT, HEARTBEAT = 2000, 500
"""Milliseconds: a primary that nobody heard of for so long is replaced; what each asks the others after."""

PATIENCE = 2000
_STOP = "stopReplProducer"
ABLE = (1, 2)
"""The states of a member that has what the set has: PRIMARY and SECONDARY."""


class Member:
    """One mongod of the set; its data outlives it."""

    def __init__(self, folder: Path) -> None:
        self._mongod = Mongod.prepare(folder)
        self.address = self._mongod.address
        self.start()

    def start(self) -> None:
        """Run it, after it was killed as before. To be called from the main thread, which it ends with."""
        argv = [*self._mongod.argv, "--setParameter", "enableTestCommands=1"]
        self._process = spawn(argv, env=environment_of_a_server(), output=self._mongod.log)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; after SIGKILL it is gone."""
        self._process.send_signal(number)
        if number is signal.SIGKILL:
            self._process.wait()

    def ask(self, command: str, value: Any = 1, **more: Any) -> Stored | None:
        """The answer of this very member to an administrator's command; None where there is none."""
        with suppress(PyMongoError), self.client() as client:
            return client.admin.command(command, value, **more)
        return None

    def client(self) -> MongoClient[Stored]:
        """A client of this member alone."""
        return MongoClient(f"mongodb://{self.address}", directConnection=True, timeoutMS=PATIENCE)

    @property
    def commits(self) -> int:
        """How many commits it has, whether a majority has them or not."""
        with self.client() as client:
            return commits_of(client, "local").count_documents({})

    @property
    def is_on_disk(self) -> bool:
        """Whether all it has is on its disk."""
        told = self.ask("replSetGetStatus")
        return told is not None and told["optimes"]["durableOpTime"] == told["optimes"]["appliedOpTime"]

    def rolled_back(self) -> list[Stored]:
        """What it ever took back, as nobody else had it: mongod keeps it beside its data."""
        files = (self._mongod.folder / "rollback").rglob("*.bson")
        return [each for file in files for each in bson.decode_all(file.read_bytes())]


class ReplicaSet:
    """Three members, one of which is the primary."""

    def __init__(self, folder: Path) -> None:
        self.members = [Member(folder / f"member-{number}") for number in range(MEMBERS)]
        hosts = ",".join(member.address for member in self.members)
        self.url = f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"

    def initiate(self) -> None:
        """Make the set of its members, and wait until it takes writes."""
        for member in self.members:
            until(lambda member=member: member.ask("ping"))
        config = {
            "_id": REPLICA_SET,
            "members": [{"_id": n, "host": member.address} for n, member in enumerate(self.members)],
            "settings": {"electionTimeoutMillis": ELECTION_TIMEOUT, "heartbeatIntervalMillis": HEARTBEAT},
        }
        assert self.members[0].ask("replSetInitiate", config)
        until(lambda: len(self.able) == MEMBERS and self.primary_of(self.members))

    @property
    def primary(self) -> Member:
        """The one that takes the writes, once there is one."""
        return until(lambda: self.primary_of(self.members))

    def primary_of(self, members: list[Member]) -> Member | None:
        """The one of `members` that takes writes and has been elected last, if any does."""
        told = [
            (answer["electionId"], member)
            for member in members
            if (answer := member.ask("hello")) and answer["isWritablePrimary"]
        ]
        return max(told, key=lambda each: each[0], default=(None, None))[1]

    @property
    def able(self) -> list[Member]:
        """The members that have what the set has, and are not busy getting there."""
        asked = [(member, member.ask("replSetGetStatus")) for member in self.members]
        return [member for member, answer in asked if answer and answer["myState"] in ABLE]

    def whole(self) -> bool:
        """Whether every member is able, and one of them takes writes."""
        return len(self.able) == MEMBERS and self.primary_of(self.members) is not None

    def level(self) -> bool:
        """Whether every member has as many commits as any other; not while one of them can not tell."""
        with suppress(PyMongoError):
            return len({member.commits for member in self.members}) == 1
        return False

    def besides(self, member: Member) -> list[Member]:
        """The others."""
        return [other for other in self.members if other is not member]

    @contextmanager
    def falling_behind(self, members: list[Member]) -> Iterator[None]:
        """While the block runs, these members answer and vote, and copy nothing. Something must be written."""
        for member in members:
            before = member.ask("configureFailPoint", _STOP, mode="alwaysOn")
            assert before
            times = before["count"] + 1
            assert member.ask("waitForFailPoint", _STOP, timesEntered=times, maxTimeMS=10 * PATIENCE)
        try:
            yield
        finally:
            for member in members:
                assert member.ask("configureFailPoint", _STOP, mode="off")

    def close(self) -> None:
        """Nobody wants its data any more."""
        for member in self.members:
            member.signal(signal.SIGKILL)


@contextmanager
def replica_set() -> Iterator[ReplicaSet]:
    """A set that takes writes; gone afterwards."""
    with temporary_folder() as folder:
        members = ReplicaSet(folder)
        try:
            members.initiate()
            yield members
        finally:
            members.close()
