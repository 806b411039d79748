"""Arrow files as another implementation writes them, and the cells that it reads back from them.

Writes runner/engine/fixtures/*.arrow and arrow.json. Run with: python3 scripts/reference/arrow.py (needs pyarrow).
"""

import datetime
import decimal
import json
import os

import pyarrow as pa
from pyarrow import feather, ipc

folder = os.path.join(os.path.dirname(__file__), "..", "..", "runner", "engine", "fixtures")
D = decimal.Decimal
utc = datetime.timezone.utc
moments = [datetime.datetime(2024, 2, 29, 12, 30, 15, 123456), None, datetime.datetime(1969, 12, 31, 23, 59, 59, 999999)]


def moment(unit, zone=None):
    values = [None if m is None else (m if unit in ("us", "ns") else m.replace(microsecond=0)) for m in moments]
    if zone:
        values = [None if v is None else v.replace(tzinfo=utc) for v in values]
    return pa.array(values, pa.timestamp(unit, zone))


columns = {
    "i8": pa.array([-128, None, 127], pa.int8()),
    "u32": pa.array([4294967295, None, 0], pa.uint32()),
    "i64": pa.array([-9223372036854775808, None, 9223372036854775807], pa.int64()),
    "f16": pa.array([1.5, None, -0.25], pa.float16()),
    "f32": pa.array([0.5, None, 16777216.0], pa.float32()),
    "f64": pa.array([0.1, None, -1e300], pa.float64()),
    "flag": pa.array([True, None, False]),
    "text": pa.array(["é", None, ""], pa.string()),
    "long": pa.array(["a long text beyond twelve letters", None, "b"], pa.large_string()),
    "level": pa.array(["red", None, "blue"]).dictionary_encode(),
    "coded": pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.int8()), pa.array([10, 20], pa.int64())),
    "d9": pa.array([D("-1234.50"), None, D("0.01")], pa.decimal128(9, 2)),
    "d30": pa.array([D("12345678901234567890.123456789"), None, D("-0.000000001")], pa.decimal128(30, 9)),
    "d256": pa.array([D("-99.9"), None, D("1.0")], pa.decimal256(20, 1)),
    "day": pa.array([datetime.date(2024, 2, 29), None, datetime.date(1900, 1, 1)], pa.date32()),
    "day64": pa.array([datetime.date(2024, 2, 29), None, datetime.date(1900, 1, 1)], pa.date64()),
    "at_s": moment("s"),
    "at_ms": moment("ms"),
    "at_us": moment("us"),
    "at_ns": moment("ns"),
    "at_zone": moment("us", "Europe/Berlin"),
    "lasts": pa.array([datetime.timedelta(days=1, seconds=1), None, datetime.timedelta(0)], pa.duration("ms")),
    "none": pa.nulls(3),
    "nested": pa.array([{"a": 1}, None, {"a": 2}]),
    "items": pa.array([[1], None, []], pa.list_(pa.int64())),
    "bytes": pa.array([b"a", None, b""]),
}
table = pa.table(columns)


def written(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(utc).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, (datetime.date, D)):
        return str(value)
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.decode()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


with pa.OSFile(os.path.join(folder, "all.arrow"), "wb") as sink, ipc.new_file(sink, table.schema) as writer:
    writer.write_table(table.slice(0, 2))
    writer.write_table(table.slice(2))
with pa.OSFile(os.path.join(folder, "all.arrows"), "wb") as sink, ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table, max_chunksize=1)
many = pa.table({"n": pa.array((i % 50 for i in range(3000)), pa.int64()), "word": pa.array([f"word {i % 7}" for i in range(3000)])})
feather.write_feather(many, os.path.join(folder, "packed.feather"), compression="lz4")
feather.write_feather(many.slice(0, 10), os.path.join(folder, "zstd.feather"), compression="zstd")
cells = {name: [written(v) for v in column.to_pylist()] for name, column in columns.items()}
with open(os.path.join(folder, "arrow.json"), "w", encoding="utf-8") as out:
    json.dump({"made with": f"pyarrow {pa.__version__}", "cells": cells}, out, ensure_ascii=False, indent=2)
    out.write("\n")
