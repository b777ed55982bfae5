import {isFields, type FieldPath} from './field-document.ts'
import type {FieldReader} from './field-reader.ts'
import type {Audio} from './post-source.ts'
import {checkedFile} from './read-meta-parts.ts'
import type {KeysOf} from './read-meta.ts'

const maxBytes = 2 ** 40

/**
 * `audio: talk.mp3`, or an object: `src` (`url` and `file` are read too), `length` in bytes and `type` where the file
 * lies elsewhere, `duration` (`1:02:03` or seconds), `episode`, `season`, `explicit`, `transcript`.
 */
export function readAudio(reader: FieldReader, keysOf: KeysOf): Audio | undefined {
  for (const key of keysOf('audio')) {
    const [path] = reader.items([key])
    if (path === undefined) continue
    if (!isFields(reader.valueAt(path))) return fileAt(reader, path, (src) => ({src}))
    const found = ['src', 'url', 'file'].find((step) => reader.valueAt([...path, step]) !== undefined)
    return fileAt(reader, [...path, found ?? 'src'], (src) => ({src, ...about(reader, path)}))
  }
  return undefined
}

function about(reader: FieldReader, path: FieldPath): Omit<Audio, 'src'> {
  const found: Omit<Audio, 'src'> = {}
  const set = <K extends keyof typeof found>(key: K, value: (typeof found)[K] | undefined) => {
    if (value !== undefined) found[key] = value
  }
  const number = (step: string, max: number) => reader.number([...path, step], {min: 0, max})
  set('bytes', number('length', maxBytes) ?? number('bytes', maxBytes))
  const type = reader.text([...path, 'type'], {maxLength: 100})
  const isType = type === undefined || /^[a-z]+\/[a-z0-9.+-]+$/i.test(type)
  set('type', isType ? type : reader.refuse([...path, 'type'], 'is no media type', 'Write one such as audio/mpeg.'))
  set('seconds', durationAt(reader, [...path, 'duration']))
  set('episode', number('episode', 1_000_000))
  set('season', number('season', 1_000_000))
  set('explicit', reader.flag([...path, 'explicit']))
  set(
    'transcript',
    fileAt(reader, [...path, 'transcript'], (src) => src),
  )
  return found
}

/** Seconds, or hours, minutes and seconds: `1:02:03`, `62:03`. YAML of old reads the latter as one number, and so do we. */
function durationAt(reader: FieldReader, path: FieldPath): number | undefined {
  if (typeof reader.valueAt(path) === 'number') return reader.number(path, {min: 0, max: 1_000_000})
  const text = reader.text(path, {maxLength: 20})
  if (text === undefined) return undefined
  if (!/^\d{1,6}(?::[0-5]?\d){0,2}$/.test(text))
    return reader.refuse(path, 'is no duration', 'Write 1:02:03 or seconds.')
  return text.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0)
}

function fileAt<T>(reader: FieldReader, path: FieldPath, make: (src: string) => T): T | undefined {
  const text = reader.text(path)
  if (text === undefined) return undefined
  const file = checkedFile(text)
  const cure = 'Write a path beside the post, or a URL with https.'
  return file === undefined ? reader.refuse(path, 'is no file that can be published', cure) : make(file)
}
