"""The Bayeux protocol as the vendor speaks it at `/cometd/XX.X`: handshake, connect (long polling), subscribe and back.

Every refusal is a message of its own with HTTP 200, as clients expect. Source: research `salesforce.md` 1.11; the
vendor's pages "Handling Streaming API errors", "Streaming API error codes", "Clients and timeouts"; exchanges recorded
in public threads (the first connect is answered at once and carries the advice, later ones wait).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson

from ....wire import Evidence, Held, Request, Response, operation
from ..hosts import is_refused_at_login, session_at
from ..org import Org, Session
from .channels import channel_of, kinds_of, selected_kinds
from .listeners import NEW_ONLY, Listener, ReplayError

Message = dict[str, Any]
OLDEST, NEWEST = 37, 67
MAX_BYTES = 32_768
HANDSHAKE, CONNECT = "/meta/handshake", "/meta/connect"
_EXT = {"replay": True, "payload.format": True}
_NO_TOKEN, _BAD_TOKEN = "401::Request requires authentication", "401::Authentication invalid"
_UNKNOWN_CLIENT = "403::Unknown client"
_BAD_REPLAY = (
    "400::The replayId {%s} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to "
    "replay only new events."
)


class _Caller:
    """One request: who calls, in which org, and what it is told. ``reason`` says why it is nobody."""

    def __init__(self, org: Org, request: Request) -> None:
        self.org, self.request = org, request
        self.reason = ""
        self.session: Session | None = None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            self.reason = _NO_TOKEN
        elif scheme.lower() in ("oauth", "bearer"):
            self.session = session_at(org, request, token.strip())
            if self.session is not None and is_refused_at_login(org, request):
                org.rests_on("salesforce.streaming.login_hosts")
                self.session = None
        if self.session is None:
            self.reason = self.reason or _BAD_TOKEN

    def refuse(self, message: Message, error: str, **more: Any) -> Message:
        """Return the refusal of one message; it stands in the journal too."""
        what = str(message.get("subscription") or message.get("channel"))
        self.org.refused(what, error.partition(":")[0], error)
        return {**_about(message), **more, "error": error, "successful": False}

    def listener(self, message: Message) -> Listener | Message:
        """Return the listener that a message names, or the refusal of the message."""
        if self.session is None:
            return self.refuse(message, self.reason, advice={"reconnect": "none", "interval": 0})
        client_id = message.get("clientId")
        if not client_id:
            return self.refuse(message, "403::Client has not completed handshake", advice={"reconnect": "handshake", "interval": 0})
        found = self.org.listeners.get(str(client_id))
        if not isinstance(found, Listener) or found.is_gone(self.org.settings["streaming_reconnect_s"]):
            self.org.listeners.pop(str(client_id), None)
            return self.refuse(message, _UNKNOWN_CLIENT, advice={"interval": 0, "reconnect": "handshake"})
        found.touch()
        found.session_token = self.session.token
        return found


def _about(message: Message) -> Message:
    """Return what every reply repeats of its message; what is no text or number is no id and is not repeated."""
    names = ("clientId", "channel", "id", "subscription")
    return {key: message[key] for key in names if key in message and not isinstance(message[key], (dict, list))}


@operation("POST", "/cometd", "/cometd/{cometd_version}", "/cometd/{cometd_version}/{action}", id="streaming.read_events",
           evidence=Evidence.CLIENT_RUN, probe="22",
           note="change data capture over long polling; no platform events, PushTopics or generic channels")
def read_events(org: Org, request: Request) -> Response:
    """Answer one or several Bayeux messages; a connect that comes alone waits for events.

    It changes nothing of people, although it is a POST: the operation's name says that it reads, and checks go by that.
    """
    if len(request.body) > MAX_BYTES:
        return _json([_Caller(org, request).refuse({}, "413::Maximum Request Size Exceeded")])
    try:
        given = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        given = None
    messages = given if isinstance(given, list) else [given]
    if not all(isinstance(m, dict) and isinstance(m.get("channel"), str) for m in messages):
        org.refused(request.path, "400", "no Bayeux message")
        return Response(400, b"", "text/plain;charset=UTF-8")
    caller = _Caller(org, request)
    if len(messages) == 1 and messages[0]["channel"] == CONNECT:
        return _connect_alone(caller, messages[0])
    replies = [reply for m in messages for reply in _ANSWERS.get(m["channel"], _publish)(caller, m)]
    response = _json(replies)
    if any(m["channel"] == HANDSHAKE for m in messages):
        cookie = f"BAYEUX_BROWSER={org.dice.token('salesforce.bayeux', 22)}; path=/cometd/; HttpOnly"
        response.headers.append(("Set-Cookie", cookie))
    if any(not r.get("successful", True) and "subscription" in r for r in replies):
        _hint(org, response)
    return response


@operation("GET", "/cometd/{cometd_version}", id="streaming.upgrade", evidence=Evidence.ASSUMED,
           note="clients try WebSocket and JSONP first; what the vendor answers to that is not known, only that it is a no")
def upgrade(org: Org, request: Request) -> Response:
    """Refuse everything but long polling."""
    org.rests_on("salesforce.streaming.upgrade")
    org.refused(request.path, "400", "only long-polling is supported")
    return Response(400, b"", "text/plain;charset=UTF-8")


def _json(replies: list[Message]) -> Response:
    return Response(200, orjson.dumps(replies))


def _hint(org: Org, response: Response) -> None:
    hint = "channels: /data/ChangeEvents, " + ", ".join(channel_of(k) for k in sorted(selected_kinds(org)))
    response.headers.append(("x-syncproof-hint", hint))
    if org.journal.exchange is not None:
        org.journal.exchange.hint = hint


# -- one answer per kind of message -----------------------------------------------------------------------


def _handshake(caller: _Caller, message: Message) -> list[Message]:
    org = caller.org
    reason = caller.reason or _version_problem(caller.request.params.get("cometd_version"))
    if reason:
        ext = {"sfdc": {"failureReason": reason}, **_EXT}
        return [caller.refuse(message, "403::Handshake denied", ext=ext, advice={"reconnect": "none"})]
    for known in [k for k in org.listeners.values() if k.is_gone(org.settings["streaming_reconnect_s"])]:
        del org.listeners[known.client_id]
    assert caller.session is not None
    made = Listener(org.dice.token("salesforce.listener", 28).lower(), caller.session.token)
    org.listeners[made.client_id] = made
    return [{
        **_about(message), "ext": _EXT, "minimumVersion": "1.0", "clientId": made.client_id,
        "supportedConnectionTypes": ["long-polling"], "version": "1.0", "successful": True,
    }]


def _version_problem(version: str | None) -> str:
    shape = f"URI format: '/cometd/{NEWEST}.0'"
    if version is None:
        return f"400::API version in the URI is mandatory. {shape}"
    if not re.fullmatch(r"\d\d\.0", version) or not OLDEST <= int(version[:2]) <= NEWEST:
        return f"400::Unsupported API version. Only API versions '{OLDEST}.0' and later are supported. {shape}"
    return ""


def _subscribe(caller: _Caller, message: Message) -> list[Message]:
    listener = caller.listener(message)
    if isinstance(listener, dict):
        return [listener]
    wanted = message.get("subscription")
    channels = wanted if isinstance(wanted, list) else [wanted]
    return [_subscribe_one(caller, listener, message, channel) for channel in channels]


def _subscribe_one(caller: _Caller, listener: Listener, message: Message, channel: object) -> Message:
    org = caller.org
    about = {**message, "subscription": channel}
    if not channel or not isinstance(channel, str):
        return caller.refuse(about, "400::Channel name not specified")
    if not channel.startswith("/"):
        return caller.refuse(about, "400::Channel subscriptions must start with a leading '/'")
    if kinds_of(org, channel) is None:
        return caller.refuse(about, f"400::The channel you requested to subscribe to does not exist {{{channel}}}")
    replay = _replay_of(message, channel)
    try:
        listener.subscribe(org, channel, replay)
    except ReplayError:
        return caller.refuse(about, _BAD_REPLAY % replay)
    return {**_about(about), "successful": True}


def _replay_of(message: Message, channel: str) -> object:
    ext = message.get("ext")
    wanted = ext.get("replay") if isinstance(ext, dict) else None
    return wanted.get(channel, NEW_ONLY) if isinstance(wanted, dict) else NEW_ONLY


def _unsubscribe(caller: _Caller, message: Message) -> list[Message]:
    listener = caller.listener(message)
    if isinstance(listener, dict):
        return [listener]
    wanted = message.get("subscription")
    channels = wanted if isinstance(wanted, list) else [wanted]
    for channel in channels:
        listener.subscriptions.pop(str(channel), None)
    return [{**_about({**message, "subscription": channel}), "successful": True} for channel in channels]


def _disconnect(caller: _Caller, message: Message) -> list[Message]:
    listener = caller.listener(message)
    if isinstance(listener, dict):
        return [listener]
    del caller.org.listeners[listener.client_id]
    return [{**_about(message), "successful": True}]


def _publish(caller: _Caller, message: Message) -> list[Message]:
    # Nothing of what is offered here can be published to; what the vendor answers to it is not documented.
    caller.org.rests_on("salesforce.publish_over_cometd")
    return [caller.refuse(message, f"403::Restricted channel {{{message['channel']}}}")]


def _connect(caller: _Caller, message: Message) -> list[Message]:
    """Answer a connect that came with other messages: at once, with what there is."""
    listener = caller.listener(message)
    if isinstance(listener, dict):
        return [listener]
    listener.turn += 1
    return [*listener.pending(caller.org), _connected(caller.org, message, advice=listener.turn == 1)]


_ANSWERS: dict[str, Callable[[_Caller, Message], list[Message]]] = {
    HANDSHAKE: _handshake, CONNECT: _connect, "/meta/subscribe": _subscribe, "/meta/unsubscribe": _unsubscribe,
    "/meta/disconnect": _disconnect,
}


# -- waiting ------------------------------------------------------------------------------------------------


def _connect_alone(caller: _Caller, message: Message) -> Response:
    org, listener = caller.org, caller.listener(message)
    if isinstance(listener, dict):
        return _json([listener])
    if message.get("connectionType") != "long-polling":
        return _json([caller.refuse(message, f"400::Invalid connection type {message.get('connectionType')}")])
    listener.turn += 1
    events = listener.pending(org)
    if listener.turn == 1 or events or _is_impatient(message):
        return _json([*events, _connected(org, message, advice=listener.turn == 1)])
    turn, hold_s = listener.turn, float(org.settings["streaming_hold_s"])
    return Held(
        200, orjson.dumps([_connected(org, message)]), ready=lambda: _look(caller, listener, message, turn), timeout_s=hold_s
    )


def _is_impatient(message: Message) -> bool:
    advice = message.get("advice")
    return isinstance(advice, dict) and advice.get("timeout") == 0


def _connected(org: Org, message: Message, *, advice: bool = False) -> Message:
    timeout_ms = round(float(org.settings["streaming_hold_s"]) * 1000)
    given = {"advice": {"interval": 0, "timeout": timeout_ms, "reconnect": "retry"}} if advice else {}
    return {**_about(message), **given, "successful": True}


def _look(caller: _Caller, listener: Listener, message: Message, turn: int) -> Response | None:
    """Return the answer to a connect that waits, or None while there is nothing to tell."""
    org = caller.org
    session = org.sessions.get(listener.session_token)
    if session is None:
        return _json([caller.refuse(message, _BAD_TOKEN, advice={"reconnect": "none", "interval": 0})])
    if org.listeners.get(listener.client_id) is not listener or listener.turn != turn:
        return _json([_connected(org, message)])
    listener.touch()
    # The vendor prolongs the session of a client that stays connected.
    session.used_ms = org.clock.now_ms()
    # A bulk load that is being saved is seen when it is done, as with any other request.
    if listener.looked_at == len(org.journal) or org.backlog:
        return None
    events = listener.pending(org)
    return _json([*events, _connected(org, message)]) if events else None
