import {
  armSending,
  heldTogether,
  lastLiveRelease,
  moveEdition,
  resolveEdition,
  type EditionRow,
  type EditionState,
  type RequestHandler,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {z} from 'zod'
import {postGone} from './compose-message.ts'
import {answerFor, leadsToPages} from './edition-answer.ts'
import type {Newsletter} from './newsletter.ts'

const schema = z.object({site: z.string().optional(), edition: z.string().min(1)})

/**
 * What people decide about an edition, named by its id, the beginning of it, or its post. Each moves the row and calls
 * `look`, which does the rest; a repeat finds it done.
 */
export function editionRequests({deps}: Newsletter, look: () => void): Record<string, RequestHandler> {
  const {ledger, clock, log} = deps
  const {db} = ledger

  type Decision = {
    from: EditionState[]
    /** States in which it is done already. */
    done: EditionState[]
    set: (edition: EditionRow) => Partial<EditionRow>
    needsPost?: boolean
    /** What is said of one of a round of digests is said of all that are held for the same reason. */
    together?: boolean
  }

  function decide(kind: string, {from, done, set, needsPost = false, together = false}: Decision): RequestHandler {
    return async (payload) => {
      const {site, edition: name} = read(payload)
      const edition = await resolveEdition(db, {site, name})
      if (!done.includes(edition.state)) {
        if (!from.includes(edition.state)) throw cannot(kind, edition)
        const live = needsPost ? await lastLiveRelease(db, edition.site) : undefined
        if (needsPost && !(await leadsToPages(db, edition, live))) throw postGone(edition)
        for (const one of together ? await heldTogether(db, edition) : [edition]) {
          if (one.id !== edition.id && !(await leadsToPages(db, one, live))) continue
          // Whoever looks takes it for long without progress, and so at once.
          const moved = await moveEdition(db, one.id, [edition.state], {...set(one), progress_at: 0})
          if (!moved && one.id === edition.id) {
            throw new BroadsideError('transient', 'edition.moved', 'the edition moved meanwhile')
          }
          log.info({event: `edition.${kind}`, site: one.site, edition: one.id}, `${kind}: "${one.subject}"`)
        }
        look()
      }
      return answerFor(db, edition.id)
    }
  }

  return {
    async arm() {
      const armed = await armSending(db)
      if (armed) log.info({event: 'sending.armed'}, 'mail leaves again')
      look()
      return {armed}
    },
    approve: decide('approve', {
      from: ['held'],
      done: ['freezing', 'sending', 'complete'],
      needsPost: true,
      together: true,
      set: () => ({state: 'freezing', reason: null, approved_at: clock.now()}),
    }),
    cancel: decide('cancel', {
      from: ['held', 'freezing', 'sending', 'paused'],
      done: ['cancelled'],
      set: () => ({state: 'cancelled', reason: `cancelled ${new Date(clock.now()).toISOString()}`}),
    }),
    pause: decide('pause', {
      from: ['freezing', 'sending'],
      done: ['paused'],
      set: () => ({state: 'paused', reason: `paused ${new Date(clock.now()).toISOString()}`}),
    }),
    resume: decide('resume', {
      from: ['paused'],
      done: ['freezing', 'sending', 'complete'],
      needsPost: true,
      set: ({frozen_at: frozenAt}) => ({state: frozenAt === null ? 'freezing' : 'sending', reason: null}),
    }),
  }
}

function read(payload: unknown): z.infer<typeof schema> {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  throw new BroadsideError('invalid', 'request.malformed', `the request cannot be read: ${parsed.error.message}`)
}

function cannot(kind: string, {state, subject}: EditionRow): BroadsideError {
  const hints: Partial<Record<EditionState, string>> = {
    paused: 'broadside newsletter resume goes on with it',
    held: 'broadside newsletter approve lets it go',
    complete: 'It was sent; a mail cannot be taken back',
  }
  const hint = hints[state]
  const message = `"${subject}" is ${state}, so ${kind} has nothing to work on`
  return new BroadsideError('invalid', 'edition.state', message, hint === undefined ? {} : {hint})
}
