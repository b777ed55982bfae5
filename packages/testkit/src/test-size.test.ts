import {afterEach, expect, test, vi} from 'vitest'
import {seedFor} from './test-size.ts'

afterEach(() => vi.unstubAllEnvs())

test('a name has one seed, other names have others', () => {
  expect(seedFor('any property')).toBe(seedFor('any property'))
  expect(seedFor('any property')).not.toBe(seedFor('content: any bytes'))
})

test('another seed of the run is another seed of each test', () => {
  const before = seedFor('any property')
  vi.stubEnv('BROADSIDE_TEST_SEED', '12345')
  expect(seedFor('any property')).not.toBe(before)
})

test('a full run tries more often than a small one', async () => {
  vi.stubEnv('BROADSIDE_TEST_SIZE', 'small')
  vi.resetModules()
  const small = await import('./test-size.ts')
  vi.stubEnv('BROADSIDE_TEST_SIZE', 'full')
  vi.resetModules()
  const full = await import('./test-size.ts')
  expect(full.testSize('any property')).toBeGreaterThan(small.testSize('any property'))
})
