/**
 * Makes `data/flights.parquet` from the tables of nycflights13: the 19 columns as they are, and three instants in UTC that the
 * original only holds in parts and in local time: `scheduled`, `departed` and `landed`.
 *
 * Usage: node examples/flights/prepare.mjs FOLDER     (with flights.parquet and airports.parquet of nycflights13)
 */
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

const folder = process.argv[2];
if (!folder) {
  console.error('Name the folder that holds flights.parquet and airports.parquet.');
  process.exit(2);
}
const out = fileURLToPath(new URL('data/flights.parquet', import.meta.url));
const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
await connection.run("set timezone = 'UTC'");
// `arr_time` is the clock at the destination. Of the three days around, the landing is on the one that is nearest to departure plus
// time in the air plus 20 minutes of taxiing. Airports that the list lacks lie in Puerto Rico and the Virgin Islands.
await connection.run(`
copy (
  with moved as (
    select f.*, f.time_hour + to_minutes(f.minute) as scheduled,
           f.time_hour + to_minutes(f.minute + f.dep_delay) as departed,
           coalesce(a.tzone, 'America/Puerto_Rico') as zone
    from '${folder}/flights.parquet' f left join '${folder}/airports.parquet' a on a.faa = f.dest
  ), expected as (
    select *, departed + to_minutes(coalesce(air_time, distance // 7) + 20) as around from moved
  ), candidates as (
    select *, (date_trunc('day', timezone(zone, timezone('UTC', around))) + to_hours(arr_time // 100) + to_minutes(arr_time % 100)) as local_clock
    from expected
  )
  select year, month, day, dep_time, sched_dep_time, dep_delay, arr_time, sched_arr_time, arr_delay, carrier, flight, tailnum, origin, dest,
         air_time, distance, hour, minute, time_hour, scheduled, departed,
         timezone('UTC', timezone(zone, local_clock + to_days(case when d.mid <= d.low and d.mid <= d.high then 0 when d.low < d.high then -1 else 1 end))) as landed
  from candidates, lateral (select
    abs(epoch(timezone('UTC', timezone(zone, local_clock))) - epoch(around)) as mid,
    abs(epoch(timezone('UTC', timezone(zone, local_clock - interval 1 day))) - epoch(around)) as low,
    abs(epoch(timezone('UTC', timezone(zone, local_clock + interval 1 day))) - epoch(around)) as high) d
  order by scheduled, carrier, flight, origin, dest, tailnum
) to '${out}' (format parquet, compression zstd, compression_level 19, row_group_size 400000)`);
const rows = await connection.runAndReadAll(`
  select count(*)::int as n, count(landed)::int as landed, count(case when landed < departed then 1 end)::int as odd,
         max(epoch(landed - departed)/60 - air_time) as longest, min(epoch(landed - departed)/60 - air_time) as shortest from '${out}'`);
console.log(rows.getRowObjects()[0]);
