import type {TestCase, TestModule, TestSuite} from 'vitest/node'

export type TestCounts = {
  passed: number
  failed: number
  /** One line for each test that counts as failed although nothing in it failed. */
  notes: string[]
}

/**
 * Counts what ran. A skipped test counts as failed, because a test that does not run guards nothing; those that
 * `onlyNames` (the pattern of `-t`) left out count not at all. A file or group whose set-up failed counts once, and
 * each of its tests that therefore did not run counts too.
 */
export function countTests(modules: TestModule[], onlyNames?: RegExp): TestCounts {
  const counts: TestCounts = {passed: 0, failed: 0, notes: []}
  for (const module of modules) {
    for (const group of [module, ...module.children.allSuites()]) {
      if (group.errors().length === 0) continue
      counts.failed++
      counts.notes.push(`${nameOf(group)}: could not be set up or cleaned up`)
    }
    for (const test of module.children.allTests()) {
      if (onlyNames !== undefined && !onlyNames.test(test.fullName)) continue
      const result = test.result()
      if (result.state === 'passed') counts.passed++
      else counts.failed++
      if (result.state === 'skipped') counts.notes.push(`${nameOf(test)}: skipped (${result.note ?? reasonFor(test)})`)
      if (result.state === 'pending') counts.notes.push(`${nameOf(test)}: did not finish`)
    }
  }
  return counts
}

function nameOf(task: TestCase | TestSuite | TestModule): string {
  const file = task.type === 'module' ? task.relativeModuleId : task.module.relativeModuleId
  return task.type === 'module' ? file : `${file} > ${task.fullName}`
}

function reasonFor(test: TestCase): string {
  let group: TestSuite | TestModule = test.parent
  while (group.errors().length === 0 && group.type === 'suite') group = group.parent
  if (group.errors().length > 0) return 'its set-up failed'
  return test.options.mode === 'todo' ? 'still to be written' : 'no reason given'
}
