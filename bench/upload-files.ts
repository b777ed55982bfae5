/**
 * Puts all files of a folder as publisher does, paced, and prints what it took as JSON.
 *
 *     sh tools/run node bench/upload-files.ts FOLDER s3://bucket/prefix?endpoint=…
 */
import {readdirSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {createPace, defaultHeaders, openObjects} from '@broadside/objects'

const [folder, url] = process.argv.slice(2) as [string, string]
const objects = await openObjects(url)
const pace = createPace()
const startedAt = performance.now()
const files = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
const paths = files.map((entry) => join(entry.parentPath, entry.name))
let next = 0
await Promise.all(
  Array.from({length: 64}, async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const key = relative(folder, path)
      const body = readFileSync(path)
      await pace.run(() => objects.put(key, body, defaultHeaders(key), {signal: AbortSignal.timeout(30_000)}))
    }
  }),
)
const tookMs = performance.now() - startedAt
await objects.close()
const {user, system} = process.cpuUsage()
console.log(JSON.stringify({files: paths.length, tookMs, cpuMs: (user + system) / 1_000}))
