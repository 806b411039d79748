"""The features of bench/windows.mjs by hand with Polars: windows filtered first, one grouping a window. Prints the seconds of reading and of computing."""
import datetime
import json
import os
import resource
import sys
import time

folder, threads = sys.argv[1], sys.argv[2]
os.environ["POLARS_MAX_THREADS"] = threads
import polars as pl

phases = {}


def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Phase:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.since, self.before = time.perf_counter(), used()

    def __exit__(self, *_):
        phases[self.name] = dict(seconds=time.perf_counter() - self.since, processor=used() - self.before)


with Phase("read"):
    orders = pl.read_parquet(f"{folder}/orders.parquet", columns=["customer_id", "placed_at", "amount", "status", "category"])
    tickets = pl.read_parquet(f"{folder}/tickets.parquet", columns=["customer_id", "opened_at"])
    customers = pl.read_parquet(f"{folder}/customers.parquet", columns=["customer_id"])
    orders = orders.with_columns(pl.col("category").cast(pl.Categorical), (pl.col("status") == "returned").alias("returned")).drop("status")

cutoffs = [datetime.datetime(2023 + (10 + i) // 12, (10 + i) % 12 + 1, 1) for i in range(12)]
at, amount, key = pl.col("placed_at"), pl.col("amount"), "customer_id"
counts = ["o30", "o90", "o180", "amt30", "amt90", "dcat90", "tick90"]


def features(cutoff):
    before = lambda days: orders.lazy().filter((at >= cutoff - datetime.timedelta(days=days)) & (at < cutoff)).group_by(key)
    opened = pl.col("opened_at")
    ticketed = tickets.lazy().filter((opened >= cutoff - datetime.timedelta(days=90)) & (opened < cutoff)).group_by(key)
    later = orders.lazy().filter((at >= cutoff) & (at < cutoff + datetime.timedelta(days=60))).select(key).unique().with_columns(future=True)
    joined = (
        customers.lazy()
        .join(before(180).agg(pl.len().alias("o180"), amount.mean().alias("avg180"), at.max().alias("last"), pl.col("returned").sum().alias("ret")), on=key, how="left")
        .join(before(90).agg(pl.len().alias("o90"), amount.sum().alias("amt90"), pl.col("category").n_unique().alias("dcat90")), on=key, how="left")
        .join(before(30).agg(pl.len().alias("o30"), amount.sum().alias("amt30")), on=key, how="left")
        .join(ticketed.agg(pl.len().alias("tick90")), on=key, how="left")
        .join(later, on=key, how="left")
    )
    return joined.with_columns(
        *[pl.col(name).fill_null(0) for name in counts],
        pl.lit(cutoff).alias("cutoff"),
        ((pl.lit(cutoff) - pl.col("last")).dt.total_microseconds() / 86_400_000_000).alias("recency_days"),
        pl.when(pl.col("o180") > 0).then(pl.col("ret") / pl.col("o180")).alias("ret_ratio180"),
        (~pl.col("future").fill_null(False)).alias("label"),
    ).select(key, "cutoff", "o30", "o90", "o180", "amt30", "amt90", "avg180", "recency_days", "dcat90", "tick90", "ret_ratio180", "label")


with Phase("compute"):
    result = pl.concat(pl.collect_all([features(cutoff) for cutoff in cutoffs]))
result.write_parquet(f"{folder}/polars.parquet")
print(json.dumps(dict(phases=phases, version="Polars " + pl.__version__)))
