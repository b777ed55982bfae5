import {existsSync} from 'node:fs'
import {relative} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * What to start for the program whose source this is: the compiled one, where BROADSIDE_PROGRAMS names the folder of a
 * build (`tools/run program` sets it) and that has it, else the source, which Node runs as well but starts slower.
 */
export function programAt(source: URL): URL {
  const build = process.env['BROADSIDE_PROGRAMS']
  if (build === undefined) return source
  const compiled = pathToFileURL(`${build}/${relative(root, fileURLToPath(source)).replace(/\.ts$/, '.js')}`)
  return existsSync(compiled) ? compiled : source
}
