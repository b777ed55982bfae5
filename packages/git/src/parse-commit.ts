import type {CommitInfo} from './mirror.ts'

/** Parses a commit object: headers, an empty line, the message. Text is UTF-8 unless its `encoding` header says more. */
export function parseCommit(commit: string, bytes: Uint8Array): CommitInfo {
  const raw = Buffer.from(bytes)
  const gap = raw.indexOf('\n\n')
  const headerEnd = gap < 0 ? raw.length : gap
  const encoding = /^encoding (.+)$/m.exec(raw.toString('latin1', 0, headerEnd))?.[1]
  const text = decode(raw, encoding)
  const [headers = '', ...paragraphs] = text.split('\n\n')
  const parent = /^parent ([0-9a-f]+)$/m.exec(headers)?.[1]
  const [, authorName = '', authorEmail = '', seconds = '0'] = /^author (.*?) ?<(.*?)> (\d+)/m.exec(headers) ?? []
  const first = paragraphs.map((paragraph) => paragraph.trim()).find((paragraph) => paragraph !== '') ?? ''
  const subject = first.replaceAll(/\s*\n\s*/g, ' ')
  return {commit, parent, authorDate: Number(seconds) * 1_000, authorName, authorEmail, subject}
}

function decode(raw: Buffer, encoding: string | undefined): string {
  try {
    return new TextDecoder(encoding ?? 'utf-8').decode(raw)
  } catch {
    // An encoding that nobody knows: read what can be read.
    return raw.toString('utf8')
  }
}
