/**
 * Compiles the programs of this checkout into `.tools/programs/<build>/`: each a file of its own with what all share
 * beside it, instead of the nearly two thousand modules that Node would find, read and link at each start. `tools/run
 * program FILE` does so whenever a source is newer than the last build; `programAt` leads from a source to its program.
 */
import {globSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {rolldown, type Plugin} from 'rolldown'

const root = join(import.meta.dirname, '..')
const programs = join(root, '.tools', 'programs')
/** What runs as a process: services, the command line, and the children that they start for untrusted input. */
const sources = ['{services,packages}/*/src/main.ts', '{services,packages}/*/src/**/*-{child,thread}.ts']
/** Running processes read parts of their build when they first need them, so that the last few builds stay. */
const kept = 5

/** Modules with native code or files of their own beside them, which stay where they were installed. */
const outside = /node_modules\/(?:sharp|@img\/[^/]+|@resvg\/[^/]+|satteri|@satteri\/[^/]+)\//

/** Builds all programs and makes them the current ones; two at once make two builds, of which the later is current. */
async function compilePrograms(): Promise<void> {
  const started = new Date()
  const build = `${started.getTime().toString(36)}-${process.pid}`
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(
      globSync(sources, {cwd: root}).map((source) => [source.replace(/\.ts$/, ''), join(root, source)]),
    ),
    platform: 'node',
    logLevel: 'warn',
    plugins: [stayInPlace],
  })
  const folder = join(programs, `new-${build}`)
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
  })
  await bundle.close()
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}\n')
  renameSync(folder, join(programs, build))
  const current = join(programs, `current-${build}`)
  writeFileSync(current, build)
  // A source that was saved while this ran is newer than the build.
  utimesSync(current, started, started)
  renameSync(current, join(programs, 'current'))
  removeOld()
}

/** A module finds its files, and what it loads by name, where its source lies. */
const stayInPlace: Plugin = {
  name: 'stay-in-place',
  resolveId: {
    filter: {id: /^[^./\0]/},
    async handler(name, importer, {kind}) {
      if (importer === undefined || name.startsWith('node:')) return null
      const found = await this.resolve(name, importer, {skipSelf: true, kind})
      if (found === null || !outside.test(found.id)) return found
      return {id: pathToFileURL(found.id).href, external: true}
    },
  },
  transform: {
    // The grammars of languages have these words as data.
    filter: {code: /\bimport\.meta\b|\b__dirname\b|\b__filename\b/, id: {exclude: /^\0|@shikijs\/langs/}},
    handler(code, id) {
      const url = pathToFileURL(id).href
      const {resolve} = createRequire(url)
      return code
        .replaceAll(/\bimport\.meta\.resolve\(['"]([^'"]+)['"]\)/g, (_, name: string) =>
          JSON.stringify(pathToFileURL(resolve(name)).href),
        )
        .replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(url))
        .replaceAll(/\bimport\.meta\.dirname\b|\b__dirname\b/g, JSON.stringify(join(id, '..')))
        .replaceAll(/\bimport\.meta\.filename\b|\b__filename\b/g, JSON.stringify(id))
    },
  },
}

function removeOld(): void {
  const builds = readdirSync(programs).filter((name) => /^(?:new-)?[\da-z]+-\d+$/.test(name))
  const age = (name: string) => statSync(join(programs, name), {throwIfNoEntry: false})?.mtimeMs ?? 0
  const oldest = builds.toSorted((one, other) => age(other) - age(one)).slice(kept)
  for (const name of oldest) rmSync(join(programs, name), {recursive: true, force: true})
}

mkdirSync(programs, {recursive: true})
await compilePrograms()
