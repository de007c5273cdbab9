// Asks DuckDB for what the pipelines should have written, over the whole finite input at once, and compares as multisets.
// node oracle.mjs FLIGHTS OUT
import { DuckDBInstance } from '@duckdb/node-api';

const [flightFolder, out] = process.argv.slice(2);
const database = await (await DuckDBInstance.create(':memory:')).connect();
const rows = async sql => (await database.runAndReadAll(sql)).getRowObjectsJson();

const table = (name, glob, columns) => {
  const types = Object.entries(columns).map(([column, type]) => `'${column}': '${type}'`).join(', ');
  return database.run(`create or replace table ${name} as select * from read_json('${glob}', format = 'newline_delimited', columns = {${types}})`);
};

await database.run("set TimeZone = 'UTC'");
await table('flights', `${flightFolder}/*.*`, { scheduled: 'TIMESTAMPTZ', delay: 'INT', distance: 'INT', origin: 'VARCHAR', destination: 'VARCHAR' });
await table('persons', `${out}/nexmark/persons/*.ndjson`, { id: 'BIGINT', name: 'VARCHAR', city: 'VARCHAR', state: 'VARCHAR', time: 'TIMESTAMPTZ' });
await table('auctions', `${out}/nexmark/auctions/*.ndjson`, { id: 'BIGINT', initialBid: 'BIGINT', reserve: 'BIGINT', time: 'TIMESTAMPTZ', expires: 'TIMESTAMPTZ', seller: 'BIGINT', category: 'INT' });
await table('bids', `${out}/nexmark/bids/*.ndjson`, { auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT', channel: 'VARCHAR', time: 'TIMESTAMPTZ' });

// The watermark behind the last row: what lies at or below it is closed.
const watermark = (delay, ...times) => `(select least(${times.map(time => `(select max(${time.split('.')[1]}) from ${time.split('.')[0]})`).join(', ')}) - interval '${delay}')`;
const flightMark = watermark('36 hours', 'flights.scheduled');
const bidMark = watermark('4 seconds', 'bids.time');
const returns = "a.destination = b.origin and a.origin = b.destination and b.scheduled between a.scheduled + interval 1 hour and a.scheduled + interval 3 hours";

// Sessions: a row that comes more than the gap after all earlier ones of its key begins a new one; one that touches the end still belongs.
const sessions = (source, keys, time, gap, values) => `
  select min(${time}) as start, max(${time}) + interval '${gap}' as "end", ${keys}, ${values} from (
    select *, sum(fresh) over (partition by ${keys} order by ${time} range unbounded preceding) as session from (
      select *, case when ${time} <= lag(${time}) over (partition by ${keys} order by ${time}) + interval '${gap}' then 0 else 1 end as fresh from ${source}))
  group by session, ${keys}`;
const windows = (source, time, size, slide) => `(
  select s.*, w.start, w.start + interval '${size}' as "end" from ${source} s,
    lateral (select time_bucket(interval '${slide}', s.${time}, timestamptz '1970-01-01 00:00:00+00') - i * interval '${slide}' as start from range(0, 20) r(i)) w
  where w.start <= s.${time} and s.${time} < w.start + interval '${size}')`;
const hourly = { start: 'TIMESTAMPTZ', end: 'TIMESTAMPTZ', origin: 'VARCHAR', flights: 'BIGINT', delay: 'BIGINT', mean: 'DOUBLE', least: 'INT', worst: 'INT' };
const hourlyOver = source => `select start, "end", origin, count(*), sum(delay), avg(delay), min(delay), max(delay) from ${source} where "end" <= ${flightMark} group by start, "end", origin`;
const leg = { scheduled: 'TIMESTAMPTZ', origin: 'VARCHAR', destination: 'VARCHAR' };
const back = { out: 'TIMESTAMPTZ', back: 'TIMESTAMPTZ', origin: 'VARCHAR', destination: 'VARCHAR', delay: 'INT' };
const closedFlight = `a.scheduled < ${flightMark} - interval 3 hours`;

const checks = {
  HourlyFlights: [hourly, hourlyOver(windows('flights', 'scheduled', '1 hour', '1 hour'))],
  SlidingFlights: [hourly, hourlyOver(windows('flights', 'scheduled', '6 hours', '90 minutes'))],
  RouteSessions: [
    { start: 'TIMESTAMPTZ', end: 'TIMESTAMPTZ', origin: 'VARCHAR', destination: 'VARCHAR', flights: 'BIGINT', distance: 'BIGINT', worst: 'INT' },
    `select * from (${sessions('flights', 'origin, destination', 'scheduled', '2 hours', 'count(*), sum(distance), max(delay)')}) where "end" <= ${flightMark}`],
  DistinctFlights: [leg, 'select distinct scheduled, origin, destination from flights'],
  ReturnFlights: [back, `select a.scheduled, b.scheduled, a.origin, a.destination, b.delay from flights a join flights b on ${returns}`],
  ReturnFlightsOrNone: [back, `
    select a.scheduled, b.scheduled, a.origin, a.destination, b.delay from flights a left join flights b on ${returns}
    where b.scheduled is not null or ${closedFlight}`],
  FlightsWithReturn: [leg, `select scheduled, origin, destination from flights a semi join flights b on ${returns}`],
  FlightsWithoutReturn: [leg, `select scheduled, origin, destination from flights a anti join flights b on ${returns} where ${closedFlight}`],
  BidsInWindows: [
    { start: 'TIMESTAMPTZ', end: 'TIMESTAMPTZ', auction: 'BIGINT', bids: 'BIGINT', highest: 'BIGINT' },
    `select start, "end", auction, count(*), max(price) from ${windows('bids', 'time', '10 seconds', '2 seconds')} where "end" <= ${bidMark} group by start, "end", auction`],
  NewSellers: [
    { start: 'TIMESTAMPTZ', person: 'BIGINT', name: 'VARCHAR', auctions: 'BIGINT' },
    `select p.start, p.id, p.name, a.n from ${windows('persons', 'time', '10 seconds', '10 seconds')} p
     join (select start, seller, count(*) as n from ${windows('auctions', 'time', '10 seconds', '10 seconds')} group by start, seller) a
       on p.id = a.seller and p.start = a.start
     where p."end" <= ${watermark('4 seconds', 'persons.time', 'auctions.time')}`],
  BidderSessions: [
    { start: 'TIMESTAMPTZ', end: 'TIMESTAMPTZ', bidder: 'BIGINT', bids: 'BIGINT' },
    `select * from (${sessions('bids', 'bidder', 'time', '1 second', 'count(*)')}) where "end" <= ${bidMark}`],
  BidsWithAuction: [
    { auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT', category: 'INT', time: 'TIMESTAMPTZ' },
    `select a.id, b.bidder, b.price, a.category, b.time from bids b join auctions a
       on b.auction = a.id and b.time between a.time and a.time + interval 5 seconds and b.price >= a.initialBid`],
  AllPairings: [
    { auction: 'BIGINT', seller: 'BIGINT', opened: 'TIMESTAMPTZ', bidder: 'BIGINT', bid: 'TIMESTAMPTZ' },
    `select a.id, a.seller, a.time, b.bidder, b.time from auctions a full join bids b
       on a.id = b.auction and b.time between a.time - interval 1 second and a.time + interval 2 seconds
     where (a.id is not null and b.bidder is not null)
       or (b.bidder is null and a.time < ${watermark('4 seconds', 'auctions.time', 'bids.time')} - interval 2 seconds)
       or (a.id is null and b.time < ${watermark('4 seconds', 'auctions.time', 'bids.time')} - interval 1 second)`],
  BidsOfPersons: [
    { person: 'BIGINT', city: 'VARCHAR', auction: 'BIGINT', price: 'BIGINT' },
    `select p.id, p.city, b.auction, b.price from bids b right join persons p
       on b.bidder = p.id and b.time between p.time and p.time + interval 2 seconds
     where b.auction is not null or p.time < ${watermark('4 seconds', 'bids.time', 'persons.time')} - interval 2 seconds`],
  AuctionsWithBids: [
    { auction: 'BIGINT', seller: 'BIGINT', time: 'TIMESTAMPTZ' },
    'select id, seller, time from auctions a semi join bids b on a.id = b.auction and b.time between a.time and a.time + interval 1 second'],
  BidsOnce: [{ auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT' }, 'select auction, bidder, price from (select distinct auction, bidder, price, channel from bids)'],
  DistinctChannels: [{ bidder: 'BIGINT', channel: 'VARCHAR', time: 'TIMESTAMPTZ' }, 'select distinct bidder, channel, time from bids'],
};

let passed = 0;
let failed = 0;
for (const [name, [columns, sql]] of Object.entries(checks)) {
  await table('ours', `${out}/${name}/*.json`, columns);
  await database.run(`create or replace table theirs as ${sql}`);
  const [{ ours, theirs }] = await rows('select (select count(*) from ours) as ours, (select count(*) from theirs) as theirs');
  const extra = await rows('select * from (select * from ours except all select * from theirs) limit 3');
  const missing = await rows('select * from (select * from theirs except all select * from ours) limit 3');
  if (extra.length === 0 && missing.length === 0 && Number(theirs) > 0) {
    console.log(`ok: ${name}: ${ours} rows, as DuckDB has them`);
    passed++;
  } else {
    console.log(`FAILED: ${name}: ${ours} rows, DuckDB has ${theirs}; too many: ${JSON.stringify(extra)}; missing: ${JSON.stringify(missing)}`);
    failed++;
  }
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
