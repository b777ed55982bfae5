import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

export const root = join(import.meta.dirname, '..')

export type SourceFile = {
  /** From the root of the checkout: `packages/site/src/place.ts`. */
  path: string
  text: string
  /** Tests, and what only tests load. */
  isTest: boolean
  /** What it imports, as written: `node:fs`, `@broadside/site`, `./place.ts`. */
  imports: string[]
}

export type Workspace = {
  /** `packages/site` */
  dir: string
  /** `@broadside/site` */
  name: string
  dependencies: string[]
  devDependencies: string[]
  files: SourceFile[]
}

/** Every workspace package of the checkout, with its sources as they lie on disk. */
export function readWorkspaces(): Workspace[] {
  const manifests = globSync(['packages/*/package.json', 'services/*/package.json', 'bench/package.json'], {cwd: root})
  return manifests.toSorted().map((manifest) => {
    const dir = manifest.slice(0, -'/package.json'.length)
    const {
      name,
      dependencies = {},
      devDependencies = {},
    } = JSON.parse(readText(manifest)) as {
      name: string
      dependencies?: Record<string, string>
      devDependencies?: Record<string, string>
    }
    return {
      dir,
      name,
      dependencies: Object.keys(dependencies),
      devDependencies: Object.keys(devDependencies),
      files: readSources(dir === 'bench' ? dir : `${dir}/{src,test}`),
    }
  })
}

/** The sources below a folder, or below those that a pattern names. */
export function readSources(folder: string): SourceFile[] {
  // The sites that others are measured with have manifests of their own.
  const exclude = (path: string) => path.endsWith('node_modules') || path.endsWith('bench/fixtures')
  const paths = globSync(`${folder}/**/*.{ts,mjs}`, {cwd: root, exclude})
  return paths.toSorted().map((path) => {
    const text = readText(path)
    const imports = importsOf(text)
    const isTest = /\.(?:test|fixture)\.ts$|\/test\/|\/test-[^/]+$/.test(path) || imports.includes('vitest')
    return {path, text, isTest, imports}
  })
}

/** The text of a file of the checkout. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

const statement = /^(?:import|export)\s(?:[^'"`;()]*?\sfrom\s)?'([^'\n]+)'/gm
const call = /\b(?:import|import\.meta\.resolve|require\.resolve)\(\s*'([^'\n]+)'/g

/** The modules that a source names in import and export statements, `import()` and `import.meta.resolve()`. */
export function importsOf(text: string): string[] {
  const found = [...text.matchAll(statement), ...text.matchAll(call)].map((match) => match[1] as string)
  return [...new Set(found)]
}

/** The package of an import: `@broadside/markdown/pool` is of `@broadside/markdown`; undefined for Node's and files. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('node:') || specifier.startsWith('.') || specifier.startsWith('#')) return undefined
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
