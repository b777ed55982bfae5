import {hash} from 'node:crypto'
import {readdir, readFile, unlink} from 'node:fs/promises'
import {join} from 'node:path'
import {shareTurn} from '@broadside/runtime'
import {defaultHeaders, sameHeaders} from './default-headers.ts'
import type {ObjectHeaders} from './objects.ts'
import type {DurableWriter} from './create-durable-writer.ts'

/**
 * Headers beside the files, only for keys whose headers are not the default ones: a folder of pages needs none, and
 * can be copied to any web server as it is.
 */
export function createHeaderFiles(headersDir: string, {write}: DurableWriter) {
  const placeOf = (key: string) => {
    const name = hash('sha256', key)
    return {group: name.slice(0, 2), path: join(headersDir, name.slice(0, 2), `${name}.json`)}
  }

  // Of a large release hardly a file has headers of its own, so one look for many saves a call for each.
  const groups = shareTurn(async () => new Set(await unlessAbsent(readdir(headersDir))))

  async function remove(key: string): Promise<void> {
    const {group, path} = placeOf(key)
    if ((await groups()).has(group)) await unlessAbsent(unlink(path))
  }

  return {
    async read(key: string): Promise<ObjectHeaders> {
      const text = await unlessAbsent(readFile(placeOf(key).path, 'utf8'))
      return text === undefined ? defaultHeaders(key) : (JSON.parse(text) as {headers: ObjectHeaders}).headers
    },
    async write(key: string, headers: ObjectHeaders): Promise<void> {
      if (sameHeaders(headers, defaultHeaders(key))) await remove(key)
      else await write(placeOf(key).path, Buffer.from(JSON.stringify({key, headers})))
    },
    remove,
  }
}

async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return undefined
  }
}
