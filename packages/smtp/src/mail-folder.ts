import {mkdir, open, readdir, readFile, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import PostalMime from 'postal-mime'
import type {CapturedMessage, CapturedSummary} from './captured-message.ts'

export type MailFolder = {
  /** Newest last. */
  list(): CapturedSummary[]
  get(id: string): Promise<CapturedMessage | undefined>
  /** Returns once the mail would outlast a loss of power. */
  add(mail: {from: string; to: string[]; receivedAt: string; raw: Buffer}): Promise<CapturedSummary>
}

const fileName = /^(\d{10,})\.mail$/

/**
 * Mails as files of a folder, `0000000001.mail` and so on: one line of JSON (the summary), then the message as it came.
 * The files are all there is; the index is read from them, so whatever was added is there after a restart or a kill.
 * One process at a time may add.
 */
export async function openMailFolder(dir: string): Promise<MailFolder> {
  await mkdir(dir, {recursive: true})
  const summaries = new Map<string, CapturedSummary>()
  const names = (await readdir(dir)).toSorted()
  for (const name of names) {
    // What a kill left half written was never acknowledged.
    if (name.endsWith('.part')) await rm(join(dir, name), {force: true})
    const [, id] = fileName.exec(name) ?? []
    const summary = id === undefined ? undefined : await readSummary(join(dir, name))
    if (id !== undefined && summary !== undefined) summaries.set(id, {...summary, id})
  }
  let last = Number(names.findLast((name) => fileName.test(name))?.replace('.mail', '') ?? 0)

  return {
    list: () => [...summaries.values()].toSorted((a, b) => a.id.localeCompare(b.id)),

    async get(id) {
      const summary = summaries.get(id)
      if (summary === undefined) return undefined
      const file = await readFile(join(dir, `${id}.mail`))
      const raw = file.subarray(file.indexOf('\n') + 1)
      const {headers, text = '', html = ''} = await PostalMime.parse(raw)
      return {...summary, headers: headers.map(({key, value}) => ({key, value})), text, html, raw: raw.toString('utf8')}
    },

    async add({from, to, receivedAt, raw}) {
      last += 1
      const id = String(last).padStart(10, '0')
      const summary = {id, to, from, subject: await subjectOf(raw), receivedAt}
      const path = join(dir, `${id}.mail`)
      const part = `${path}.part`
      const file = await open(part, 'w')
      try {
        await file.writev([Buffer.from(`${JSON.stringify(summary)}\n`), raw])
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(part, path)
      const folder = await open(dir, 'r')
      try {
        await folder.sync()
      } finally {
        await folder.close()
      }
      summaries.set(id, summary)
      return summary
    },
  }
}

async function readSummary(path: string): Promise<CapturedSummary | undefined> {
  const file = await open(path, 'r')
  try {
    for await (const line of file.readLines({autoClose: false})) return JSON.parse(line) as CapturedSummary
  } catch {
    // A file that somebody else put there is no mail of ours.
  } finally {
    await file.close()
  }
  return undefined
}

async function subjectOf(raw: Buffer): Promise<string> {
  const end = raw.indexOf('\r\n\r\n')
  try {
    return (await PostalMime.parse(end < 0 ? raw : raw.subarray(0, end + 4))).subject ?? ''
  } catch {
    return ''
  }
}
