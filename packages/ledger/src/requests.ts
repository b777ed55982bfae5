import {
  BroadsideError,
  createLoop,
  explain,
  kindOf,
  type Clock,
  type ErrorKind,
  type Logger,
  type Service,
} from '@broadside/runtime'
import {mayHeal} from './may-heal.ts'
import {stateIs} from './state-is.ts'
import type {Db, Ledger} from './open-ledger.ts'

/** What somebody outside (the CLI, the console) asked a service to do; the row is the asking and the answer. */
export type RequestOutcome =
  /** With how far it is, where its service says so. */
  | {state: 'open'; progress?: RequestProgress}
  | {state: 'done'; result: unknown}
  | {state: 'failed'; kind: ErrorKind; code: string; message: string}

/** Units are the service's own, such as bytes. */
export type RequestProgress = {done: number; total: number}

/** Asks `service` to do something; gives the number of the request. */
export async function openRequest(
  db: Db,
  {service, kind, payload, now}: {service: string; kind: string; payload: unknown; now: number},
): Promise<number> {
  const row = await db
    .insertInto('requests')
    .values({
      service,
      kind,
      payload: JSON.stringify(payload),
      state: 'open',
      result: null,
      created_at: now,
      settled_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function requestOutcome(db: Db, id: number): Promise<RequestOutcome> {
  const row = await db.selectFrom('requests').select(['state', 'result']).where('id', '=', id).executeTakeFirstOrThrow()
  const result: unknown = row.result === null ? null : JSON.parse(row.result)
  if (row.state === 'open') return {state: 'open', ...(result === null ? {} : {progress: result as RequestProgress})}
  return row.state === 'done'
    ? {state: 'done', result}
    : {state: 'failed', ...(result as {kind: ErrorKind; code: string; message: string})}
}

/** Tells whoever waits for a request how far it is. */
export async function tellProgress(db: Db, id: number, progress: RequestProgress): Promise<void> {
  await db
    .updateTable('requests')
    .set({result: JSON.stringify(progress)})
    .where('id', '=', id)
    .where(stateIs('open'))
    .execute()
}

/** Does what a request asks for; what it gives is the answer. It may be called again for a request after a crash. */
export type RequestHandler = (payload: unknown, request: {id: number}) => Promise<unknown>

/**
 * Carries out the open requests of a service, oldest first and one at a time. It looks four times a second, one
 * indexed query; an error that may heal leaves the request open.
 */
export function serveRequests({
  ledger,
  service,
  handlers,
  log,
  clock,
  everyMs = 250,
}: {
  ledger: Ledger
  service: string
  handlers: Record<string, RequestHandler>
  log: Logger
  clock: Clock
  everyMs?: number
}): Service {
  const loop = createLoop({
    name: `${service}.requests`,
    everyMs,
    log,
    async look() {
      const open = await ledger.db
        .selectFrom('requests')
        .selectAll()
        .where('service', '=', service)
        .where(stateIs('open'))
        .orderBy('id')
        .limit(20)
        .execute()
      for (const {id, kind, payload} of open) {
        const outcome = await carryOut(handlers[kind], JSON.parse(payload), id, kind)
        await ledger.db
          .updateTable('requests')
          .set({...outcome, settled_at: clock.now()})
          .where('id', '=', id)
          .where(stateIs('open'))
          .execute()
      }
    },
  })
  return {
    name: `${service}.requests`,
    async start() {
      loop.start()
    },
    stop: () => loop.stop(),
  }

  async function carryOut(handler: RequestHandler | undefined, payload: unknown, id: number, kind: string) {
    try {
      if (handler === undefined) throw new BroadsideError('invalid', 'request.unknown', `${service} knows no ${kind}`)
      return {state: 'done', result: JSON.stringify((await handler(payload, {id})) ?? null)}
    } catch (error) {
      if (mayHeal(error)) throw error
      const facts = {event: 'request.failed', site: siteOf(payload), err: error, request: id}
      log.warn(facts, `${kind}: ${explain(error)}`)
      const code = error instanceof BroadsideError ? error.code : 'bug'
      return {state: 'failed', result: JSON.stringify({kind: kindOf(error), code, message: explain(error)})}
    }
  }
}

function siteOf(payload: unknown): string | undefined {
  const site = (payload as {site?: unknown} | null)?.site
  return typeof site === 'string' ? site : undefined
}
