import type {Selectable} from 'kysely'
import type {Lease} from './deliveries.ts'
import type {Db} from './open-ledger.ts'
import type {EffectsTable} from './tables.ts'

/**
 * pending → claimed (worker, lease) → done or failed, or pending again; superseded once something newer is to be told
 * of the same subject at the same target.
 */
export type EffectState = 'pending' | 'claimed' | 'done' | 'failed' | 'superseded'

export type EffectRow = Selectable<EffectsTable>

export type NewEffect = Pick<EffectRow, 'site' | 'kind' | 'target' | 'subject' | 'version' | 'revision' | 'payload'>

/** `websub`, or `status success`: what is told, for people. */
export function nameEffect({kind, payload}: Pick<EffectRow, 'kind' | 'payload'>): string {
  const {state} = JSON.parse(payload) as {state?: string}
  return state === undefined ? kind : `${kind} ${state}`
}

/**
 * Writes down what is to be told, in the transaction that learns of it. One that stands there already is left as it
 * is. Of what waits for the same subject and target the newest version alone stays; an older one that comes late is
 * written down as superseded.
 */
export async function writeEffects(db: Db, effects: NewEffect[], now: number): Promise<void> {
  for (const effect of effects) {
    const isOver = await hasNewer(db, effect)
    await db
      .insertInto('effects')
      .values({
        ...effect,
        state: isOver ? 'superseded' : 'pending',
        attempt: 0,
        due: now,
        worker: null,
        lease_until: null,
        answer: null,
        created_at: now,
        settled_at: isOver ? now : null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await db
      .updateTable('effects')
      .set({state: 'superseded', settled_at: now})
      .where('site', '=', effect.site)
      .where('kind', '=', effect.kind)
      .where('target', '=', effect.target)
      .where('subject', '=', effect.subject)
      .where('version', '<', effect.version)
      .where('state', '=', 'pending')
      .execute()
  }
}

/**
 * What is due, the oldest of each target that is not in `busy` (site, kind and target joined by spaces), so that many
 * for one target keep no other waiting.
 */
export async function dueEffects(db: Db, now: number, busy: ReadonlySet<string>): Promise<EffectRow[]> {
  const targets = await db
    .selectFrom('effects')
    .select(['site', 'kind', 'target', (e) => e.fn.min('due').as('due')])
    .where('state', '=', 'pending')
    .where('due', '<=', now)
    .groupBy(['site', 'kind', 'target'])
    .execute()
  const rows: EffectRow[] = []
  for (const {site, kind, target} of targets.toSorted((one, other) => one.due - other.due)) {
    if (busy.has(`${site} ${kind} ${target}`)) continue
    const row = await db
      .selectFrom('effects')
      .selectAll()
      .where('state', '=', 'pending')
      .where('site', '=', site)
      .where('kind', '=', kind)
      .where('target', '=', target)
      .where('due', '<=', now)
      .orderBy('due')
      .orderBy('id')
      .executeTakeFirst()
    if (row !== undefined) rows.push(row)
  }
  return rows
}

/**
 * Takes the effect for this worker; false when it is no longer pending, or another process tells the same target of
 * the same subject right now: of two such calls nobody would know which one arrived last.
 */
export async function claimEffect(db: Db, effect: EffectRow, {worker, until}: Lease): Promise<boolean> {
  const result = await db
    .updateTable('effects')
    .set({state: 'claimed', worker, lease_until: until, attempt: effect.attempt + 1})
    .where('id', '=', effect.id)
    .where('state', '=', 'pending')
    .where('attempt', '=', effect.attempt)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('effects as other')
            .select('other.id')
            .where('other.site', '=', effect.site)
            .where('other.kind', '=', effect.kind)
            .where('other.target', '=', effect.target)
            .where('other.subject', '=', effect.subject)
            .where('other.state', '=', 'claimed'),
        ),
      ),
    )
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/**
 * Writes down what the call came to, in the caller's transaction; false when the row is no longer this worker's.
 * `again` gives a time for the next try, unless something newer is to be told meanwhile.
 */
export async function settleEffect(
  db: Db,
  effect: EffectRow,
  {
    worker,
    answer,
    now,
    ...told
  }: {worker: string; answer: string; now: number} & ({state: 'done' | 'failed'} | {state: 'again'; due: number}),
): Promise<boolean> {
  const after = {answer, worker: null, lease_until: null}
  const set =
    told.state !== 'again'
      ? {...after, state: told.state, settled_at: now}
      : (await hasNewer(db, effect))
        ? {...after, state: 'superseded', settled_at: now}
        : {...after, state: 'pending', due: told.due}
  const result = await db
    .updateTable('effects')
    .set(set)
    .where('id', '=', effect.id)
    .where('state', '=', 'claimed')
    .where('worker', '=', worker)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/**
 * Effects whose worker gave no sign of life may or may not have been told; they are told again, for each target bears
 * that, save where something newer waits. Gives how many.
 */
export async function endEffectLeases(db: Db, now: number): Promise<number> {
  const ended = await db
    .selectFrom('effects')
    .selectAll()
    .where('state', '=', 'claimed')
    .where('lease_until', '<=', now)
    .execute()
  for (const effect of ended) {
    const answer = 'its caller ended before the answer came'
    await settleEffect(db, effect, {worker: effect.worker!, state: 'again', answer, due: now, now})
  }
  return ended.length
}

/** What was told, or is to be, of a push: of its own revision, and of the release that made it live. */
export async function effectsOfPush(
  db: Db,
  {site, revision, release}: {site: string; revision: number; release: number | undefined},
): Promise<EffectRow[]> {
  const own = await db
    .selectFrom('effects')
    .selectAll()
    .where('site', '=', site)
    .where('revision', '=', revision)
    .where('kind', '!=', 'websub')
    .orderBy('id')
    .execute()
  if (release === undefined) return own
  const carried = await db
    .selectFrom('effects')
    .selectAll()
    .where('site', '=', site)
    .where('revision', '>=', revision)
    .where('kind', '=', 'websub')
    .where('version', '=', release)
    .orderBy('id')
    .execute()
  return [...own, ...carried]
}

async function hasNewer(db: Db, effect: Omit<NewEffect, 'payload' | 'revision'>): Promise<boolean> {
  const row = await db
    .selectFrom('effects')
    .select('id')
    .where('site', '=', effect.site)
    .where('kind', '=', effect.kind)
    .where('target', '=', effect.target)
    .where('subject', '=', effect.subject)
    .where('version', '>', effect.version)
    .executeTakeFirst()
  return row !== undefined
}
