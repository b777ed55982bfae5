import {dirname, join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {importsOf, packageOf, readText, readWorkspaces} from './source-tree.ts'
import type {SourceFile} from './source-tree.ts'

const workspaces = readWorkspaces()
const rootManifest = JSON.parse(readText('package.json')) as {devDependencies: Record<string, string>}
const isService = (name: string) => name.startsWith('@broadside/service-')

const pure = ['content', 'images', 'markdown', 'theme', 'site', 'search', 'feed', 'mail', 'subscribers', 'bounces']
const pureFiles = workspaces
  .filter(({dir}) => pure.includes(dir.slice('packages/'.length)))
  .flatMap(({files}) => files)
  .filter(({path, isTest}) => !isTest && !/^packages\/(?:images|markdown)\/src\/pool\//.test(path))

/** `path: what` for each of the given things that a file holds. */
const found = (files: SourceFile[], what: (file: SourceFile) => string[]) =>
  files.flatMap((file) => what(file).map((thing) => `${file.path}: ${thing}`))

test('imports are found in every form in which they are written', () => {
  const text = [
    "import {a} from './a.ts'",
    "import type {\n  B,\n  C,\n} from 'b'",
    "export * from './d.ts'",
    "import 'e'",
    "const f = await import('f')",
    "const g = import.meta.resolve('g')",
    "// taken from 'h'",
  ]
  expect(importsOf(text.join('\n'))).toEqual(['./a.ts', 'b', './d.ts', 'e', 'f', 'g'])
})

describe('arrows point down:', () => {
  test('no package imports a service', () => {
    const files = workspaces.filter(({dir}) => dir.startsWith('packages/')).flatMap(({files: own}) => own)
    expect(found(files, ({imports}) => imports.filter(isService))).toEqual([])
  })

  test('no service imports another, save standalone', () => {
    const services = workspaces.filter(({dir}) => dir.startsWith('services/') && dir !== 'services/standalone')
    expect(services.length).toBeGreaterThan(0)
    for (const {name, files} of services)
      expect(found(files, ({imports}) => imports.filter((to) => isService(to) && packageOf(to) !== name))).toEqual([])
  })

  test('no path leads from one workspace package into another', () => {
    for (const {dir, files} of workspaces.filter((workspace) => workspace.dir !== 'bench')) {
      const leaving = ({path, imports}: SourceFile) =>
        imports.filter((to) => to.startsWith('.') && !join(dirname(path), to).startsWith(`${dir}/`))
      expect(found(files, leaving)).toEqual([])
    }
  })

  test('runtime imports no other workspace package', () => {
    const files = workspaces.find(({name}) => name === '@broadside/runtime')?.files ?? []
    expect(files.length).toBeGreaterThan(0)
    expect(found(files, ({imports}) => imports.filter((to) => to.startsWith('@broadside/')))).toEqual([])
  })

  test('no package reaches itself through what it needs', () => {
    const needs = new Map(workspaces.map(({name, dependencies}) => [name, dependencies]))
    const reach = (name: string, seen: Set<string>): Set<string> => {
      for (const next of needs.get(name) ?? []) {
        if (seen.has(next)) continue
        seen.add(next)
        reach(next, seen)
      }
      return seen
    }
    expect([...needs.keys()].filter((name) => reach(name, new Set()).has(name))).toEqual([])
  })
})

describe('pure packages take values and give values:', () => {
  test('they import pure packages and runtime alone', () => {
    const allowed = new Set([...pure, 'runtime'].map((name) => `@broadside/${name}`))
    // A pool starts processes; other entries of a package are parts of it that load less.
    const packageOf = (to: string) => to.replace(/^(@broadside\/[^/]+)\/(?!pool$).*/, '$1')
    const foreign = ({imports}: SourceFile) =>
      imports.filter((to) => to.startsWith('@broadside/') && !allowed.has(packageOf(to)))
    expect(found(pureFiles, foreign)).toEqual([])
  })

  test('they open no file, socket or process; theme and search read their own files as they are loaded', () => {
    const input = /^node:(?:fs|net|tls|http|https|http2|dgram|dns|child_process|worker_threads|sqlite)(?:\/|$)/
    const own = ['packages/theme/src/default-files.ts', 'packages/search/src/search-script.ts']
    const others = pureFiles.filter(({path}) => !own.includes(path))
    expect(found(others, ({imports}) => imports.filter((to) => input.test(to)))).toEqual([])
    expect(found(others, ({text}) => text.match(/\bfetch\(|\bprocess\.\w+/g) ?? [])).toEqual([])
  })

  test('they ask no clock, wait for none, and draw no lots', () => {
    const clocks =
      /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bTemporal\.Now\b|\bset(?:Timeout|Interval|Immediate)\(|\bMath\.random\b|\brandom(?:UUID|Bytes|Int)\b/g
    expect(found(pureFiles, ({text}) => text.match(clocks) ?? [])).toEqual([])
  })
})

describe('what a package.json names is what its sources import:', () => {
  const atRoot = new Set(Object.keys(rootManifest.devDependencies))
  const needed = (files: SourceFile[], own: string) => {
    const names = files.flatMap(({imports}) => imports.map(packageOf))
    return new Set(names.filter((name): name is string => name !== undefined && name !== own))
  }
  /** Types of a package whose own name is imported. */
  const typed = (name: string) => (name.startsWith('@types/') ? name.slice('@types/'.length) : name)

  test.for(workspaces)('$dir', ({name, files, dependencies, devDependencies}) => {
    const isForTests = name === '@broadside/testkit' || name === '@broadside/bench'
    const inSources = needed(
      files.filter(({isTest}) => !isTest),
      name,
    )
    const inTests = needed(
      files.filter(({isTest}) => isTest),
      name,
    )
    const declared = new Set(dependencies.map(typed))
    const forTests = new Set([...declared, ...devDependencies.map(typed), ...atRoot])
    expect({
      undeclared: [...inSources].filter((used) => !declared.has(used) && !(isForTests && atRoot.has(used))),
      undeclaredInTests: [...inTests].filter((used) => !forTests.has(used)),
      unused: dependencies.filter((one) => !inSources.has(typed(one))),
      unusedInTests: devDependencies.filter((one) => !inTests.has(typed(one)) && !inSources.has(typed(one))),
    }).toEqual({undeclared: [], undeclaredInTests: [], unused: [], unusedInTests: []})
  })
})
