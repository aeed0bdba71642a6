import { randomUUID } from "node:crypto";
import { Pool, type PoolConfig, type QueryResult, type QueryResultRow } from "pg";
import { LeaseLost } from "./problems";
import type { Facts, Row, State } from "./states";
import { open } from "./states";

/** Kinds of what is kept between steps: it is content, and goes when a meeting is finished. */
export type PieceKind = "heard" | "spoken" | "document";

const schema = `
  CREATE TABLE IF NOT EXISTS minutes_meeting (
    id text PRIMARY KEY,
    folder text NOT NULL UNIQUE,
    tag text NOT NULL,
    state text NOT NULL DEFAULT 'arrived',
    due timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    odd integer NOT NULL DEFAULT 0,
    lease uuid,
    leased_until timestamptz,
    reason text,
    progress text,
    facts jsonb NOT NULL DEFAULT '{}',
    arrived timestamptz NOT NULL DEFAULT now(),
    changed timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX IF NOT EXISTS minutes_meeting_due ON minutes_meeting (due) WHERE state <> 'finished';
  CREATE TABLE IF NOT EXISTS minutes_piece (
    meeting text NOT NULL REFERENCES minutes_meeting ON DELETE CASCADE,
    kind text NOT NULL,
    key text NOT NULL,
    value jsonb NOT NULL,
    PRIMARY KEY (meeting, kind, key)
  );
  CREATE TABLE IF NOT EXISTS minutes_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meeting text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    what text NOT NULL
  );`;

/** Row of the list of meetings. */
export interface Listed {
  readonly id: string;
  readonly state: State;
  readonly reason: string | null;
  readonly progress: string | null;
  readonly attempts: number;
  readonly arrived: Date;
  readonly changed: Date;
}

/**
 * Meetings in PostgreSQL. A worker holds a meeting by a lease; everything that it writes checks that it still does, in the same statement, so that a worker that was
 * away for too long changes nothing any more.
 */
export class Records {
  private readonly pool: Pool;

  constructor(config: PoolConfig) {
    this.pool = new Pool({ connectionTimeoutMillis: 10_000, query_timeout: 30_000, ...config });
    // Broken idle connections are replaced; the next statement says what is wrong.
    this.pool.on("error", () => undefined);
  }

  /** Makes the tables that are missing. Several workers may do so at once. */
  async prepare(): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(4158321)");
      await client.query(schema);
      await client.query("COMMIT");
    } finally {
      client.release(true);
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  async ping(): Promise<void> {
    await this.query("SELECT 1", []);
  }

  /** Notes a recording. One that is known stays as it is, unless the record beside it was changed: then its way begins anew. */
  async arrive(id: string, folder: string, tag: string): Promise<boolean> {
    const { rowCount } = await this.query(
      `INSERT INTO minutes_meeting (id, folder, tag) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET tag = $3, state = 'arrived', due = now(), attempts = 0, odd = 0, reason = NULL, changed = now(),
         lease = NULL, leased_until = NULL
       WHERE minutes_meeting.tag <> $3 AND minutes_meeting.state <> 'erased'`,
      [id, folder, tag],
    );
    return (rowCount ?? 0) > 0;
  }

  /** Tag of the record beside a recording as it was when it was taken in; undefined for one that is not known. */
  async tagOf(id: string): Promise<string | undefined> {
    const { rows } = await this.query<{ tag: string }>("SELECT tag FROM minutes_meeting WHERE id = $1", [id]);
    return rows[0]?.tag;
  }

  /** The meeting that waits longest, for so many seconds. */
  async claim(seconds: number): Promise<{ readonly row: Row; readonly lease: string } | undefined> {
    const lease = randomUUID();
    const { rows } = await this.query<Row & QueryResultRow>(
      `UPDATE minutes_meeting SET lease = $1, leased_until = now() + make_interval(secs => $2)
       WHERE id = (
         SELECT id FROM minutes_meeting
         WHERE state = ANY ($3) AND due <= now() AND (leased_until IS NULL OR leased_until < now())
         ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, folder, state, attempts, odd, facts`,
      [lease, seconds, open],
    );
    const [row] = rows;
    return row === undefined ? undefined : { row, lease };
  }

  /** Prolongs a lease. @throws LeaseLost */
  async renew(id: string, lease: string, seconds: number, progress?: string): Promise<void> {
    await this.own(
      `UPDATE minutes_meeting SET leased_until = now() + make_interval(secs => $3), progress = coalesce($4, progress)
       WHERE id = $1 AND lease = $2`,
      [id, lease, seconds, progress ?? null],
    );
  }

  /** Writes down that a step is done. @throws LeaseLost */
  async advance(id: string, lease: string, state: State, facts: Facts, reason?: string): Promise<void> {
    await this.own(
      `WITH done AS (
         UPDATE minutes_meeting SET state = $3, facts = facts || $4::jsonb, attempts = 0, odd = 0, reason = $5, progress = NULL, changed = now()
         WHERE id = $1 AND lease = $2 RETURNING id)
       INSERT INTO minutes_log (meeting, what) SELECT id, $3 FROM done`,
      [id, lease, state, JSON.stringify(facts), reason ?? null],
    );
  }

  /** Gives a meeting back, to be tried again after some seconds. @throws LeaseLost */
  async later(
    id: string,
    lease: string,
    {
      seconds,
      reason,
      attempts,
      odd,
    }: { readonly seconds: number; readonly reason: string; readonly attempts: number; readonly odd: number },
  ): Promise<void> {
    await this.own(
      `UPDATE minutes_meeting SET due = now() + make_interval(secs => $3), reason = $4, attempts = $5, odd = $6, lease = NULL, leased_until = NULL
       WHERE id = $1 AND lease = $2`,
      [id, lease, seconds, reason, attempts, odd],
    );
  }

  async release(id: string, lease: string): Promise<void> {
    await this.query("UPDATE minutes_meeting SET lease = NULL, leased_until = NULL WHERE id = $1 AND lease = $2", [
      id,
      lease,
    ]);
  }

  /** Keeps something for a later step. @throws LeaseLost */
  async keep(id: string, lease: string, kind: PieceKind, key: string, value: unknown): Promise<void> {
    await this.own(
      `INSERT INTO minutes_piece (meeting, kind, key, value)
       SELECT id, $3, $4, $5::jsonb FROM (SELECT id FROM minutes_meeting WHERE id = $1 AND lease = $2 FOR SHARE) own
       ON CONFLICT (meeting, kind, key) DO UPDATE SET value = excluded.value`,
      [id, lease, kind, key, JSON.stringify(value)],
    );
  }

  async kept(id: string, kind: PieceKind, key: string): Promise<unknown> {
    const { rows } = await this.query<{ value: unknown }>(
      "SELECT value FROM minutes_piece WHERE meeting = $1 AND kind = $2 AND key = $3",
      [id, kind, key],
    );
    return rows[0]?.value;
  }

  /** Everything of a kind, by key. */
  async allKept(id: string, kind: PieceKind): Promise<readonly { readonly key: string; readonly value: unknown }[]> {
    const { rows } = await this.query<{ key: string; value: unknown }>(
      "SELECT key, value FROM minutes_piece WHERE meeting = $1 AND kind = $2 ORDER BY key",
      [id, kind],
    );
    return rows;
  }

  /** Deletes what was kept between steps, of some kinds or of all. */
  async drop(id: string, kinds: readonly PieceKind[] = ["heard", "spoken", "document"]): Promise<void> {
    await this.query("DELETE FROM minutes_piece WHERE meeting = $1 AND kind = ANY ($2)", [id, kinds]);
  }

  /** Log without content: a word about a meeting, and when. */
  async note(meeting: string, what: string): Promise<void> {
    await this.query("INSERT INTO minutes_log (meeting, what) VALUES ($1, $2)", [meeting, what]);
  }

  async find(id: string): Promise<Row | undefined> {
    const { rows } = await this.query<Row & QueryResultRow>(
      "SELECT id, folder, state, attempts, odd, facts FROM minutes_meeting WHERE id = $1",
      [id],
    );
    return rows[0];
  }

  /** Meetings that changed last. */
  async list(most: number): Promise<readonly Listed[]> {
    const { rows } = await this.query<Listed & QueryResultRow>(
      "SELECT id, state, reason, progress, attempts, arrived, changed FROM minutes_meeting ORDER BY changed DESC LIMIT $1",
      [most],
    );
    return rows;
  }

  /** Meetings by state, and the age of the oldest that is still to be done. */
  async figures(): Promise<{ readonly states: Readonly<Record<string, number>>; readonly oldestSeconds: number }> {
    const { rows } = await this.query<{ state: string; count: string }>(
      "SELECT state, count(*) AS count FROM minutes_meeting GROUP BY state",
      [],
    );
    const { rows: ages } = await this.query<{ age: string | null }>(
      "SELECT extract(epoch FROM now() - min(arrived)) AS age FROM minutes_meeting WHERE state = ANY ($1)",
      [open],
    );
    return {
      states: Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)])),
      oldestSeconds: Number(ages[0]?.age ?? 0),
    };
  }

  /** Sends a meeting through all steps again. */
  async rework(id: string): Promise<boolean> {
    const { rowCount } = await this.query(
      `UPDATE minutes_meeting SET state = 'arrived', due = now(), attempts = 0, odd = 0, reason = NULL, lease = NULL, leased_until = NULL, changed = now()
       WHERE id = $1 AND state <> 'erased'`,
      [id],
    );
    return rowCount === 1;
  }

  /** Takes a meeting from whoever works on it, and keeps workers off it. */
  async halt(id: string, reason: string): Promise<void> {
    await this.query(
      "UPDATE minutes_meeting SET state = 'quarantined', reason = $2, lease = NULL, leased_until = NULL WHERE id = $1 AND state <> 'erased'",
      [id, reason],
    );
  }

  /** Number of things that are kept between steps. */
  async countKept(id: string): Promise<number> {
    const { rows } = await this.query<{ count: string }>(
      "SELECT count(*) AS count FROM minutes_piece WHERE meeting = $1",
      [id],
    );
    return Number(rows[0]?.count ?? 0);
  }

  /** Takes a meeting from whoever works on it, and forgets all but that it was erased. */
  async erase(id: string): Promise<void> {
    await this.query(
      `UPDATE minutes_meeting SET state = 'erased', folder = id, facts = '{}', reason = NULL, progress = NULL, lease = NULL, leased_until = NULL, changed = now() WHERE id = $1`,
      [id],
    );
    await this.drop(id);
    await this.note(id, "erased");
  }

  /** Meetings that are done and whose recording has been kept for so many days, and recordings without a consent after a month. */
  async outlived(days: number): Promise<readonly { readonly id: string; readonly folder: string }[]> {
    const { rows } = await this.query<{ id: string; folder: string }>(
      `SELECT id, folder FROM minutes_meeting
       WHERE tag <> 'gone' AND (
         (state IN ('finished', 'withdrawn', 'quarantined') AND changed < now() - make_interval(days => $1))
         OR (state = 'arrived' AND reason LIKE 'consent %' AND arrived < now() - interval '30 days')) LIMIT 50`,
      [days],
    );
    return rows;
  }

  /** Notes that a meeting's recording was deleted. */
  async recordingGone(id: string): Promise<void> {
    await this.query("UPDATE minutes_meeting SET tag = 'gone' WHERE id = $1", [id]);
    await this.note(id, "recording deleted");
  }

  private async own(text: string, values: readonly unknown[]): Promise<void> {
    const { rowCount } = await this.query(text, values);
    if (rowCount !== 1) throw new LeaseLost("another worker has this meeting");
  }

  private query<T extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<QueryResult<T>> {
    return this.pool.query<T>(text, [...values]);
  }
}
