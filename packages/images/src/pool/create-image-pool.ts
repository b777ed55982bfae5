import {BroadsideError} from '@broadside/runtime'
import type {CardFacts} from '../cards/card-facts.ts'
import type {ImageFormat} from '../image-facts.ts'
import type {ImageRecipe} from '../recipes.ts'
import type {ImageJob, Inspection, Lost, Made} from './image-job.ts'
import {startImageChild, type ImageChild} from './start-image-child.ts'

export type ImagePoolOptions = {
  /** Number of processes at most; they start with the first jobs. */
  size: number
  /** Wall time that one job may take. Default 60,000. */
  budgetMs?: number
  /** Memory of each process. Default 1,200. */
  memoryMb?: number
}

/** Reads and makes images in processes that can be killed, so that no image can take the host down with it. */
export type ImagePool = {
  /**
   * What an image is. `ending` is that of its name, in small letters. Rejects only when the pool is closed
   * (`images.pool-closed`) or no process can be started (`images.pool-broken`); so does `make`. Pure.
   */
  inspect(ending: string, bytes: Uint8Array): Promise<Inspection>
  make(format: ImageFormat, recipe: ImageRecipe, bytes: Uint8Array): Promise<Made>
  /** A card for previews elsewhere, as PNG. Pure. */
  card(card: CardFacts): Promise<Made>
  /** Kills the processes; what is under way is rejected. A repeat does nothing. */
  close(): Promise<void>
  /** Of the living processes, for tests. */
  pids(): number[]
}

/** An idle pool keeps no process from ending. Nothing is started before the first job. */
export function createImagePool({size, budgetMs = 60_000, memoryMb = 1_200}: ImagePoolOptions): ImagePool {
  const idle: ImageChild[] = []
  const all = new Set<ImageChild>()
  const waiting: (() => void)[] = []
  let busy = 0
  let closed = false

  async function withChild<Answer>(work: (child: ImageChild) => Promise<Answer>): Promise<Answer> {
    if (closed) throw closedPool()
    if (busy >= size) await new Promise<void>((resolve) => waiting.push(resolve))
    else busy += 1
    try {
      if (closed) throw closedPool()
      const child = takeChild()
      try {
        return await work(child)
      } finally {
        if (child.isAlive()) idle.push(child)
        else all.delete(child)
      }
    } finally {
      const next = waiting.shift()
      if (next === undefined) busy -= 1
      else next()
    }
  }

  function takeChild(): ImageChild {
    for (let child = idle.pop(); child !== undefined; child = idle.pop()) {
      if (child.isAlive()) return child
      all.delete(child)
    }
    const child = startImageChild({budgetMs, memoryMb})
    all.add(child)
    return child
  }

  async function run(job: ImageJob): Promise<Inspection | Made | Lost> {
    const answer = await withChild((child) => child.run(job))
    if ('lost' in answer && closed) throw closedPool()
    return answer
  }

  return {
    async inspect(ending, bytes) {
      const answer = await run({do: 'inspect', ending, bytes})
      // A drawing that cannot be looked through may hold anything.
      if ('lost' in answer) return {ok: false, reason: answer.reason, dangerous: ending === 'svg'}
      return answer as Inspection
    },
    async make(format, recipe, bytes) {
      return (await run({do: 'make', format, recipe, bytes})) as Made
    },
    async card(card) {
      return (await run({do: 'card', card})) as Made
    },
    async close() {
      closed = true
      await Promise.all([...all].map((child) => child.kill()))
    },
    pids: () => [...all].flatMap((child) => (child.isAlive() ? (child.pid ?? []) : [])),
  }
}

function closedPool(): BroadsideError {
  return new BroadsideError('transient', 'images.pool-closed', 'the image was not read: the pool is closed', {
    hint: 'It is read when the service runs again.',
  })
}
