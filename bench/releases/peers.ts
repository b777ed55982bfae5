import {cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {runMeasured, type Measured} from './run-measured.ts'

/** Another generator with a site of the same features, in `bench/fixtures/<name>`. */
export type Peer = {
  name: string
  version: string
  /** Writes the site with these posts, by file name, in the place of what was there. */
  fill: (posts: Map<string, string>) => void
  writePost: (name: string, text: string) => void
  /** Changes the frame of every page. */
  changeTheme: () => void
  build: () => Promise<Measured>
  /** Makes the index of the search page within what it has built, and gives how to take it away again. */
  indexSearch: () => Promise<Measured & {remove: () => void}>
  /** What it has built. */
  outDir: string
}

type Recipe = {
  name: string
  posts: string
  out: string
  frame: string
  version: (dir: string) => Promise<string>
  command: (dir: string) => [string, ...string[]]
  isNpm: boolean
}

const node = process.execPath
/** What sites of other generators are searched by: none of them has a search of its own. */
const pagefindVersion = '1.6.0'
const recipes: Recipe[] = [
  {
    name: 'Hugo',
    posts: 'content/posts',
    out: 'public',
    frame: 'layouts/_default/baseof.html',
    version: async () => /v[\d.]+/.exec((await runMeasured(['hugo', 'version'])).stdout)?.[0] ?? '',
    command: () => ['hugo', '--quiet'],
    isNpm: false,
  },
  {
    name: 'Eleventy',
    posts: 'posts',
    out: '_site',
    frame: 'page.js',
    version: async (dir) => (await runMeasured([node, eleventy(dir), '--version'])).stdout.trim(),
    command: (dir) => [node, eleventy(dir)],
    isNpm: true,
  },
  {
    name: 'Astro',
    posts: 'src/content/posts',
    out: 'dist',
    frame: 'src/layouts/Page.astro',
    version: async (dir) => /v[\d.]+/.exec((await runMeasured([node, astro(dir), '--version'])).stdout)?.[0] ?? '',
    command: (dir) => [node, astro(dir), 'build', '--silent'],
    isNpm: true,
  },
]

function eleventy(dir: string): string {
  return join(dir, 'node_modules/@11ty/eleventy/cmd.cjs')
}

function astro(dir: string): string {
  return join(dir, 'node_modules/astro/bin/astro.mjs')
}

/**
 * The peers that are here, or can be installed below `folder` by npm; of the others it is told why not. `wanted` are
 * names in lower case.
 */
export async function installPeers(folder: string, wanted: string[]): Promise<Peer[]> {
  const peers: Peer[] = []
  const pagefind = join(folder, 'pagefind')
  for (const recipe of recipes.filter(({name}) => wanted.includes(name.toLowerCase()))) {
    const dir = join(folder, recipe.name.toLowerCase())
    try {
      peers.push(await install(recipe, dir, pagefind))
    } catch (error) {
      console.error(`${recipe.name} is left out: ${(error as Error).message.split('\n')[0]}`)
    }
  }
  return peers
}

/** The program, installed by npm where it is not there yet. */
async function pagefindIn(folder: string): Promise<string> {
  const program = join(folder, 'node_modules/pagefind/lib/runner/bin.cjs')
  if (existsSync(program)) return program
  mkdirSync(folder, {recursive: true})
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({private: true, dependencies: {pagefind: pagefindVersion}}),
  )
  await npmInstall(folder)
  return program
}

function npmInstall(cwd: string): Promise<Measured> {
  return runMeasured(['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts'], {cwd})
}

async function install(recipe: Recipe, dir: string, pagefind: string): Promise<Peer> {
  const fixture = fileURLToPath(new URL(`../fixtures/${recipe.name.toLowerCase()}`, import.meta.url))
  cpSync(fixture, dir, {recursive: true})
  if (recipe.isNpm) await npmInstall(dir)
  const search = await pagefindIn(pagefind)
  const posts = join(dir, recipe.posts)
  const frame = join(dir, recipe.frame)
  const outDir = join(dir, recipe.out)
  const writePost = (name: string, text: string): void => writeFileSync(join(posts, name), text)
  let themes = 0
  return {
    name: recipe.name,
    version: await recipe.version(dir),
    outDir,
    writePost,
    fill(files) {
      // What a build has kept for the next one goes as well.
      for (const left of [posts, outDir, join(dir, '.astro'), join(dir, 'node_modules/.astro'), join(dir, 'resources')])
        rmSync(left, {recursive: true, force: true})
      cpSync(fixture, dir, {recursive: true})
      mkdirSync(posts, {recursive: true})
      for (const [name, text] of files) writePost(name, text)
    },
    changeTheme() {
      themes += 1
      const text = readFileSync(join(fixture, recipe.frame), 'utf8')
      writeFileSync(frame, text.replace('<footer>', `<footer><p>Theme ${themes}</p>`))
    },
    build: () => runMeasured(recipe.command(dir), {cwd: dir, env: {ASTRO_TELEMETRY_DISABLED: '1'}}),
    async indexSearch() {
      const measured = await runMeasured([node, search, '--site', outDir, '--quiet'])
      return {...measured, remove: () => rmSync(join(outDir, 'pagefind'), {recursive: true})}
    },
  }
}
