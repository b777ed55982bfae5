import {createHash} from 'node:crypto'
import {readFile, unlink} from 'node:fs/promises'
import {join} from 'node:path'
import {defaultHeaders, sameHeaders} from './default-headers.ts'
import type {ObjectHeaders} from './objects.ts'
import {writeDurably} from './write-durably.ts'

/**
 * Headers beside the files, only for keys whose headers are not the default ones: a folder of pages needs none, and
 * can be copied to any web server as it is.
 */
export function createHeaderFiles(headersDir: string, tempDir: string) {
  const pathOf = (key: string) => {
    const hash = createHash('sha256').update(key).digest('hex')
    return join(headersDir, hash.slice(0, 2), `${hash}.json`)
  }
  return {
    async read(key: string): Promise<ObjectHeaders> {
      const text = await readFile(pathOf(key), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      return text === undefined ? defaultHeaders(key) : (JSON.parse(text) as {headers: ObjectHeaders}).headers
    },
    async write(key: string, headers: ObjectHeaders): Promise<void> {
      if (sameHeaders(headers, defaultHeaders(key))) await removeIfThere(pathOf(key))
      else await writeDurably(pathOf(key), JSON.stringify({key, headers}), {tempDir})
    },
    async remove(key: string): Promise<void> {
      await removeIfThere(pathOf(key))
    },
  }
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
