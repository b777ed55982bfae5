import {defaultSettings, parsePage, parsePost, type ParsedPost, type SiteSettings} from './index.ts'

export type TestPost = {file?: string; settings?: Partial<SiteSettings>; maxBytes?: number}

/** Settings of a site in Berlin, whose clocks change twice a year. */
export function settings(changes: Partial<SiteSettings> = {}): SiteSettings {
  return {...defaultSettings('notes'), timezone: 'Europe/Berlin', ...changes}
}

export function post(text: string | Uint8Array, {file = 'posts/when-nats.md', ...more}: TestPost = {}): ParsedPost {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  return parsePost({file, bytes, ...more, settings: settings(more.settings)})
}

export function page(text: string, file: string): ParsedPost {
  return parsePage({file, bytes: Buffer.from(text), settings: settings()})
}

/** `error front-matter.date 3:7`, as a test wants to see it. */
export function told({diagnostics}: Pick<ParsedPost, 'diagnostics'>): string[] {
  return diagnostics.map(({severity, code, line, column}) => {
    const place = [line, column].filter((part) => part !== undefined).join(':')
    return [severity, code, place].filter((part) => part !== '').join(' ')
  })
}

/** Front matter in YAML with a text below, and the meta that comes of it. */
export function meta(yaml: string, more: TestPost = {}) {
  const parsed = post(`---\ntitle: T\n${yaml}\n---\nText\n`, more)
  if (parsed.post === undefined) throw new Error(JSON.stringify(parsed.diagnostics))
  return parsed.post.meta
}
