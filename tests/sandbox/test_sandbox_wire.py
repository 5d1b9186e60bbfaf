"""Whatever bytes come from a child end as an answer or as :class:`Malformed`: nothing else, and within the caps."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submitting import MEMORY, OUTPUT, judge, tiny

from judge.domain.answer import Answer, LayerAnswer, MappingAnswer, ModelAnswer, Opaque
from judge.domain.case import Call
from judge.nn.spec import ATTRIBUTES
from judge.sandbox import Sandbox, Stopped
from judge.sandbox.request import Asked, Caps, Request
from judge.sandbox.values import Malformed, call_reply, load_reply

OWN = [np.zeros((1, 2), np.float32), np.ones(1, np.float32)]
ASKED = Asked(
    Caps(header=1 << 16, body=1 << 12, nodes=200),
    [{"kind": "Linear", "weight": 0, "bias": None}, {"kind": "Residual", "body": [{"kind": "Conv2d", "weight": 1, "bias": None, "stride": [1, 2], "padding": [0, 0], "groups": 1}], "shortcut": None}],
    OWN,
)  # fmt: skip
for own in OWN:
    own.flags.writeable = False


def decode(reply: Any, body: bytes = b"", raw: bytes | None = None) -> Answer | None:
    """Return the answer, or ``None`` where it is refused; fails on anything else."""
    header = json.dumps(reply).encode() if raw is None else raw
    try:
        answer = call_reply(header, bytearray(body), ASKED, 1, 0, ["first line"])
    except Malformed:
        return None
    check(answer)
    return answer


def check(answer: Answer) -> None:
    """Everything in ``answer`` is of a type that the judge expects, and fit to be shown."""

    def walk(value: Any, depth: int = 0) -> None:
        assert depth < 60
        if type(value) in (LayerAnswer, ModelAnswer, MappingAnswer, Opaque, tuple, list):
            if type(value) is LayerAnswer:
                assert value.kind in ATTRIBUTES
                parts = list(value.attributes.values())
            elif type(value) is ModelAnswer:
                parts = list(value.layers)
            elif type(value) is MappingAnswer:
                parts = [part for item in value.items for part in item]
            elif type(value) is Opaque:
                walk(value.type_name)
                parts = list((value.detail or {}).values())
            else:
                parts = list(value)
            for part in parts:
                walk(part, depth + 1)
        elif type(value) is np.ndarray:
            assert value.dtype.kind in "biufc"
            assert not value.flags.writeable
        elif type(value) is str:
            value.encode("utf-8")
            assert not any(ord(c) < 32 and c not in "\n\t" for c in value)
        else:
            assert value is None or type(value) in (bool, int, float)

    walk(answer.value)
    assert type(answer.model_after) in (ModelAnswer, Opaque, type(None))
    walk(answer.model_after)
    if answer.raised is not None:
        walk(answer.raised.message)
        walk(list(answer.raised.names))


GOOD_LAYER = ["L", "Linear", {"weight": ["a", 0], "bias": None}]
GOOD = [
    1,
    0,
    None,
    ["t", [["S", [GOOD_LAYER]], ["m", [["0.weight", ["a", 1]]]]]],
    ["S", [GOOD_LAYER]],
    [["<f4", [1, 2]], ["|b1", [1, 2]]],
]
GOOD_BODY = np.array([1, 2], "f4").tobytes() + bytes(8) + b"\0\1" + bytes(14)


def test_a_good_reply_is_decoded() -> None:
    answer = decode(GOOD, GOOD_BODY)
    assert answer is not None
    network, masks = answer.value
    assert network.layers[0].attributes["weight"].tolist() == [[1, 2]]
    assert masks.items[0][1].tolist() == [[False, True]]


ALIKE_BODY = b"\0\1" + bytes(14)
ALIKE = [1, 0, None, ["l", [["=", [True, ["a", 0]]]]], ["=", [["o", "numpy.matrix", None], True]], [["|b1", [1, 2]]]]


def test_a_network_told_by_its_arrays_is_the_one_handed_in() -> None:
    answer = decode(ALIKE, ALIKE_BODY)
    assert answer is not None
    (network,) = answer.value
    linear, residual = network.layers
    assert linear.kind == "Linear"
    assert linear.attributes["weight"] is OWN[0]
    assert linear.attributes["bias"] is None
    (conv,) = residual.attributes["body"].layers
    assert residual.attributes["shortcut"] is None
    assert conv.attributes["stride"] == (1, 2)
    assert conv.attributes["weight"].tolist() == [[False, True]]
    assert isinstance(answer.model_after, ModelAnswer)
    assert answer.model_after.layers[0].attributes["weight"] == Opaque("numpy.matrix")


@pytest.mark.parametrize("value", [["a", 0], ["t", [1, ["a", 0]]], ["t", [["t", [1]], 1]], True, "same", ["S", []]])
def test_a_setting_is_a_number_or_opaque(value: Any) -> None:
    """Whoever compares settings need not expect arrays among them."""
    layer = ["L", "Conv2d", {"stride": value}]
    assert decode([1, 0, None, ["S", [layer]], True, [["|b1", [1, 2]]]], ALIKE_BODY) is None


def test_names_and_keys_stay_in_their_line() -> None:
    name = "x\n\nAccepted\t1.0"
    raised = [name, [name], "ValueError", "one\ntwo", [[1, name]], name]
    answer = decode([1, 0, raised, None, True, []], b"")
    assert answer is not None
    assert answer.raised is not None
    found = answer.raised
    assert {found.name, *found.names, found.where, found.frames[0].function} == {"x\\n\\nAccepted\\t1.0"}
    assert found.message == "one\ntwo"
    answer = decode([1, 0, None, ["m", [[name, ["o", name, None]]]], True, []], b"")
    assert answer is not None
    assert answer.value.items == (("x\\n\\nAccepted\\t1.0", Opaque("x\\n\\nAccepted\\t1.0")),)


FRAMES = [(GOOD, GOOD_BODY), (ALIKE, ALIKE_BODY)]
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["a", "t", "l", "m", "S", "L", "o", "n", "nan", "Linear", "Residual", "Conv2d", "weight", "<f4", "|b1"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from(["weight", "bias", "stride", "body", "x"]), inner, max_size=4),
    max_leaves=30,
)  # fmt: skip


@given(json_values)
@settings(max_examples=120, deadline=None)
def test_any_json(reply: Any) -> None:
    decode(reply)


@given(st.lists(json_values, min_size=4, max_size=4), st.binary(max_size=64))
@settings(max_examples=150, deadline=None)
def test_any_json_in_the_right_frame(parts: list[Any], body: bytes) -> None:
    decode([1, 0, *parts], body)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes(header: bytes) -> None:
    decode(None, raw=header)
    with pytest.raises(Malformed):
        load_reply(header, 1, [])


def test_an_array_without_entries_counts_for_its_shape() -> None:
    assert decode([1, 0, None, ["a", 0], True, [["<f4", [1 << 10, 0]]]]) is not None
    assert decode([1, 0, None, ["a", 0], True, [["<f4", [(1 << 10) + 1, 0]]]]) is None
    assert decode([1, 0, None, ["a", 0], True, [["<f4", [1 << 9, 0]], ["<f4", [0, 1 << 9]]]]) is not None
    assert decode([1, 0, None, ["a", 0], True, [["<f4", [1 << 9, 0]], ["<f4", [0, 1 << 10]]]]) is None


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items = enumerate(node) if isinstance(node, list) else node.items() if isinstance(node, dict) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


@given(
    st.sampled_from([(good, body, path) for good, body in FRAMES for path in places(good)]), json_values, st.booleans()
)
@settings(max_examples=300, deadline=None)
def test_a_good_reply_damaged_in_one_place(place: tuple[Any, bytes, tuple[Any, ...]], other: Any, remove: bool) -> None:
    good, body, path = place
    reply = json.loads(json.dumps(good))
    if not path:
        reply = other
    else:
        holder = reply
        for key in path[:-1]:
            holder = holder[key]
        if remove:
            del holder[path[-1]]
        else:
            holder[path[-1]] = other
    decode(reply, body)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_good_reply_with_one_byte_changed(data: st.DataObject) -> None:
    header = bytearray(json.dumps(GOOD).encode())
    header[data.draw(st.integers(0, len(header) - 1))] = data.draw(st.integers(0, 255))
    decode(None, GOOD_BODY, raw=bytes(header))


# What must be refused, each for a reason of its own.
BAD: list[tuple[str, bytes]] = [
    ("[" * 60000, b""),
    ("{\"a\":" * 10000, b""),
    ("[1, 0, null, " + "9" * 5000 + ", null, []]", b""),
    ("[1, 0, null, 1e999, null, []]", b""),
    ("[1, 0, null, NaN, null, []]", b""),
    ("[1, 0, null, Infinity, null, []]", b""),
    ("[1, 0, null, null, null, []] trailing", b""),
    ("[1.0, 0, null, null, null, []]", b""),
    ("[true, 0, null, null, null, []]", b""),
    ("[2, 0, null, null, null, []]", b""),
    ("[1, 1, null, null, null, []]", b""),
    ("[1, 0, null, null, null, []]", b"\0" * 16),
    ('[1, 0, null, null, null, [["<f4", [1]]]]', b""),
    ('[1, 0, null, null, null, [["<f4", [-1]]]]', b"\0" * 16),
    ('[1, 0, null, null, null, [["<f4", [1.0]]]]', b"\0" * 16),
    ('[1, 0, null, null, null, [["<f4", [true]]]]', b"\0" * 16),
    ('[1, 0, null, null, null, [["|O", [1]]]]', b"\0" * 16),
    ('[1, 0, null, null, null, [["<U1", [1]]]]', b"\0" * 16),
    ('[1, 0, null, null, null, [["<i4,<f4", [1]]]]', b"\0" * 16),
    ('[1, 0, null, null, null, [["<M8[s]", [1]]]]', b"\0" * 16),
    ('[1, 0, null, null, null, [["<f4", [' + "1," * 40 + "1]]]]", b"\0" * 16),
    ('[1, 0, null, null, null, [["<f4", [281474976710656]]]]', b""),
    ('[1, 0, null, null, null, [["<f4", [0, 281474976710655, 281474976710655]]]]', b""),
    ('[1, 0, null, ["a", 0], null, []]', b""),
    ('[1, 0, null, ["a", -1], null, [["<f4", [1]]]]', b"\0" * 16),
    ('[1, 0, null, ["L", "Sequential", {}], null, []]', b""),
    ('[1, 0, null, ["L", "Linear", {"__class__": 1}], null, []]', b""),
    ('[1, 0, null, ["L", "Linear", {"weight": [1]}], null, []]', b""),
    ('[1, 0, null, ["S", [1]], null, []]', b""),
    ('[1, 0, null, ["m", [[1]]], null, []]', b""),
    ('[1, 0, null, ["x", []], null, []]', b""),
    ('[1, 0, null, [[], []], null, []]', b""),
    ('[1, 0, null, {"a": 1}, null, []]', b""),
    ('[1, 0, null, ["o", "list", {"html": "x"}], null, []]', b""),
    ('[1, 0, null, "' + "x" * 600 + '", null, []]', b""),
    ('[1, 0, null, ["t", [' + "0," * 5000 + "0]], null, []]", b""),
    ('[1, 0, ["E", ["E"], "NoSuchError", "m", [], null], null, null, []]', b""),
    ('[1, 0, ["E", ["E"], "Exception", "' + "m" * 3000 + '", [], null], null, null, []]', b""),
    ('[1, 0, ["E", [1], "Exception", "m", [], null], null, null, []]', b""),
    ('[1, 0, ["E", ["E"], "Exception", "m", [["1", "f"]], null], null, null, []]', b""),
    ("[1, 0, null, null, null, [], 7]", b""),
    ('[1, 0, null, null, ["=", [true]], []]', b""),
    ('[1, 0, null, null, ["=", [true, true, true]], []]', b""),
    ('[1, 0, null, null, ["=", [true, null]], []]', b""),
    ('[1, 0, null, null, ["=", [true, 1]], []]', b""),
    ('[1, 0, null, null, ["=", [false, true]], []]', b""),
    ('[1, 0, null, null, ["=", [true, ["=", [true, true]]]], []]', b""),
    ('[1, 0, null, null, ["=", {"0": true, "1": true}], []]', b""),
    ('[1, 0, null, null, ["=", true], []]', b""),
    ("\xff", b""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "body"), BAD, ids=[text[:50] for text, _ in BAD])
def test_refused(text: str, body: bytes) -> None:
    assert decode(None, body, raw=text.encode("latin-1")) is None


@pytest.mark.parametrize("network", [None, False, 1, 1.0, "true", ["t", []], ["o", "x", None]])
def test_only_true_means_untouched(network: Any) -> None:
    answer = decode([1, 0, None, None, network, []])
    assert answer is not None
    assert isinstance(answer.model_after, Opaque)
    untouched = decode([1, 0, None, None, True, []])
    assert untouched is not None
    assert untouched.model_after is None


def test_strings_are_made_harmless() -> None:
    answer = decode([1, 0, None, ["m", [["\x1b[2J\ud800", ["o", "\u202eevil", None]]]], None, []])
    assert answer is not None
    assert answer.value.items == (("\\x1b[2J\\ud800", Opaque("\\u202eevil")),)


def test_a_line_of_the_submission_is_the_judges_own_copy() -> None:
    raised = ["E", ["E"], "Exception", "m", [[1, "f"], [99, "g"], [0, "h"]], None]
    answer = decode([1, 0, raised, None, None, []])
    assert answer is not None
    assert answer.raised is not None
    assert [frame.text for frame in answer.raised.frames] == ["first line", "", ""]


def test_caps_leave_room_for_every_right_answer() -> None:
    """A network of the same size in the widest dtype, masks of it in the widest dtype, and the network after the
    call.
    """
    for shape in [(1, 1), (3, 7), (1000, 1000)]:
        from judge.nn import Linear, Sequential

        network = Sequential([Linear(np.ones(shape), np.ones(shape[0]))])
        asked = Request([Call(network)] * 100).asked
        entries = shape[0] * shape[1] + shape[0]
        assert asked[0].caps.body >= 3 * 16 * entries


# A hostile child that speaks the protocol: how it answers, and what becomes of it. REPLY(header, body) is a frame.
SPEAKING: list[tuple[str, Stopped | None]] = [
    ("REPLY('[2,0,null,1,null,[]]')", None),
    ("REPLY('[2,0,null,1,null,[]]'); REPLY('[2,0,null,1,null,[]]')", None),
    ("REPLY('[3,0,null,1,null,[]]')", Stopped.PROTOCOL),
    ("REPLY('[2,1,null,1,null,[]]')", Stopped.PROTOCOL),
    ("REPLY('[2,0,null,1,null,[[\"<f4\",[4]]]]', bytes(16))", None),
    ("REPLY('[2,0,null,1,null,[[\"<f4\",[4]]]]', bytes(32))", Stopped.PROTOCOL),
    ("REPLY('[' * 40000)", Stopped.PROTOCOL),
    ("REPLY(' ' * (1 << 20))", Stopped.PROTOCOL),
    ("REPLY('{}')", Stopped.PROTOCOL),
    ("REPLY('')", Stopped.PROTOCOL),
    ("os.write(D, b'GET / HTTP/1.1' * 3)", Stopped.PROTOCOL),
    ("os.write(D, b'short')", Stopped.EXIT),
    ("os.write(D, struct.pack('<QQ', 10, 1 << 40))", Stopped.PROTOCOL),
    ("os.write(D, struct.pack('<QQ', 10, 1 << 20) + bytes(99))", Stopped.EXIT),
]


@pytest.mark.parametrize(("speaking", "stopped"), SPEAKING, ids=[speaking for speaking, _ in SPEAKING])
def test_a_hostile_child_that_speaks_the_protocol(sandbox: Sandbox, speaking: str, stopped: Stopped | None) -> None:
    source = f"""
import os, stat, struct
for D in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(D).st_mode): break
    except OSError: pass
def REPLY(header, body=b""):
    os.write(D, struct.pack("<QQ", len(header), len(body)) + header.encode() + body)
def f(model, share):
    {speaking}
    os._exit(0)
"""
    outcome = judge(sandbox, source)
    assert outcome.stopped is stopped
    if stopped is None:
        assert outcome.answers[0].value == 1


def test_a_child_without_a_pipe_is_heard(sandbox: Sandbox) -> None:
    source = """
import os, stat
def f(model, share):
    for number in range(64):
        try:
            if stat.S_ISFIFO(os.fstat(number).st_mode): os.close(number)
        except OSError: pass
    return share
"""
    outcome = judge(sandbox, source, [Call(tiny(), (0.5,)), Call(tiny(), (0.25,))])
    assert [answer.value for answer in outcome.answers] == [0.5, 0.25]


def test_forged_replies_do_not_reach_the_next_test(sandbox: Sandbox) -> None:
    source = """
import os, stat, struct
for D in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(D).st_mode): break
    except OSError: pass
def f(model, share):
    header = '[2,0,null,"forged",null,[]]'
    os.write(D, struct.pack("<QQ", len(header), 0) + header.encode())
    return "honest"
"""
    with sandbox.open(MEMORY, OUTPUT) as child:
        child.load(source, "f", cpu_seconds=5, wall_seconds=30)
        child.send([Call(tiny(), (0.5,))], cpu_seconds=5, wall_seconds=30)
        assert child.collect().answers[0].value == "forged"  # worth no more than returning it
        child.send([Call(tiny(), (0.5,))], cpu_seconds=5, wall_seconds=30)
        assert child.collect().stopped is Stopped.PROTOCOL
