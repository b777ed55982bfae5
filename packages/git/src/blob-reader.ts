import {BroadsideError} from '@broadside/runtime'
import {localTimeoutMs, startGit, type GitProcess} from './run-git.ts'

export type ObjectInfo = {oid: string; type: string; size: number}

export type BlobReader = {
  /** Hash, type and size of what a name stands for; undefined when there is no such object, or several. */
  info(name: string): Promise<ObjectInfo | undefined>
  /** Type and bytes of an object of any size: ask `info` first where it may be large. */
  contents(name: string): Promise<Answer>
  close(): Promise<void>
}

type Request = {wantsContents: boolean; resolve(answer: Answer): void; reject(error: Error): void}
type Answer = (ObjectInfo & {bytes: Uint8Array}) | undefined

/**
 * Reads objects through one `git cat-file --batch-command` process, which starts with the first request, is asked many
 * things at once and answers in order. When it dies, what was asked of it fails as transient and the next request
 * starts another. One that is silent for `stallMs` while it is asked something is ended. One that was asked more than
 * `restAfter` things ends when it is asked nothing for `idleMs`: it holds what it has read of its repository.
 */
export function createBlobReader(
  dir: string,
  {stallMs = localTimeoutMs, restAfter = 1_000, idleMs = 1_000} = {},
): BlobReader {
  let current: ReturnType<typeof connect> | undefined
  let rest: NodeJS.Timeout | undefined
  let asked = 0
  const end = async (): Promise<void> => {
    clearTimeout(rest)
    const ending = current
    current = undefined
    await ending?.close()
  }
  const ask = async (line: string, wantsContents: boolean): Promise<Answer> => {
    if (current === undefined || current.isDead()) {
      current = connect(startGit(dir, ['cat-file', '--batch-command']), stallMs)
      asked = 0
    }
    clearTimeout(rest)
    asked += 1
    const used = current
    const answer = await used.ask(line, wantsContents)
    if (asked > restAfter && !used.isBusy()) {
      // Of several answers that come at once the last one waits.
      clearTimeout(rest)
      rest = setTimeout(() => void end(), idleMs).unref()
    }
    return answer
  }
  return {
    async info(name) {
      if (!isOneLine(name)) return undefined
      const answer = await ask(`info ${name}\n`, false)
      return answer && {oid: answer.oid, type: answer.type, size: answer.size}
    },
    async contents(name) {
      return isOneLine(name) ? ask(`contents ${name}\n`, true) : undefined
    },
    async close() {
      await end()
    },
  }
}

/** A line break would be a second request. */
function isOneLine(name: string): boolean {
  return name !== '' && !/[\n\0]/.test(name)
}

function connect(git: GitProcess, stallMs: number) {
  const waiting: Request[] = []
  let dead = false
  let chunks: Buffer[] = []
  let length = 0
  /** The answer whose bytes are still coming: its header, and how many bytes with the line feed after them. */
  let pending: {info: ObjectInfo; wanted: number} | undefined

  let watch: NodeJS.Timeout | undefined
  const expectAnswer = (): void => {
    clearTimeout(watch)
    watch = waiting.length > 0 ? setTimeout(git.kill, stallMs) : undefined
  }

  git.child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    takeAnswers()
    expectAnswer()
  })

  function takeAnswers(): void {
    // Joining only when enough has come keeps a large blob from being copied with every chunk.
    while (waiting.length > 0) {
      if (pending !== undefined) {
        if (length < pending.wanted) return
        const bytes = take(pending.wanted).subarray(0, -1)
        const {info} = pending
        pending = undefined
        waiting.shift()?.resolve({...info, bytes: new Uint8Array(bytes)})
        continue
      }
      const all = joined()
      const end = all.indexOf(0x0a)
      if (end < 0) return
      const [oid = '', type = '', size = ''] = take(end + 1)
        .toString('utf8', 0, end)
        .split(' ')
      const request = waiting[0]
      if (size === '' || !/^\d+$/.test(size)) waiting.shift()?.resolve(undefined)
      else if (request?.wantsContents) pending = {info: {oid, type, size: Number(size)}, wanted: Number(size) + 1}
      else waiting.shift()?.resolve({oid, type, size: Number(size), bytes: new Uint8Array()})
    }
  }

  const ended = git.ended.then(({stderr, spawnError}) => {
    dead = true
    clearTimeout(watch)
    const error = new BroadsideError(
      'transient',
      'git.read.failed',
      `git cat-file ended: ${stderr || 'it said nothing'}`,
      {
        hint: 'The next fetch makes the mirror anew if it is damaged',
        ...(spawnError && {cause: spawnError}),
      },
    )
    for (const request of waiting.splice(0)) request.reject(error)
  })

  return {
    isDead: () => dead,
    isBusy: () => waiting.length > 0,
    ask(line: string, wantsContents: boolean): Promise<Answer> {
      return new Promise((resolve, reject) => {
        waiting.push({wantsContents, resolve, reject})
        if (waiting.length === 1) expectAnswer()
        git.child.stdin.write(line)
      })
    },
    async close(): Promise<void> {
      dead = true
      if (waiting.length > 0) git.kill()
      else git.child.stdin.end()
      await ended
    },
  }

  function joined(): Buffer {
    const [first] = chunks
    if (chunks.length === 1 && first !== undefined) return first
    const all = Buffer.concat(chunks)
    chunks = [all]
    return all
  }

  function take(count: number): Buffer {
    const all = joined()
    const rest = all.subarray(count)
    chunks = rest.length > 0 ? [rest] : []
    length = rest.length
    return all.subarray(0, count)
  }
}
