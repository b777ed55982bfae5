import {expect, test} from 'vitest'
import {BroadsideError} from '@broadside/runtime'
import {readTokenKeys} from './read-token-keys.ts'

const long = Buffer.alloc(32, 7).toString('base64')
const older = Buffer.alloc(40, 9).toString('base64')

test('token keys are read in their order', () => {
  expect(readTokenKeys(`k2:${long}, k1:${older}`)).toEqual([
    {id: 'k2', secret: Buffer.alloc(32, 7)},
    {id: 'k1', secret: Buffer.alloc(40, 9)},
  ])
})

test.each(['', 'k1', `:${long}`, 'k1:', `k1:${Buffer.alloc(31, 7).toString('base64')}`, `k1:${long},`])(
  'a missing or short key is refused without repeating it: %j',
  (list) => {
    expect(() => readTokenKeys(list)).toThrow(BroadsideError)
    try {
      readTokenKeys(list)
    } catch (error) {
      expect((error as BroadsideError).code).toBe('config.token-keys')
      expect(JSON.stringify(error) + String(error)).not.toContain(long)
    }
  },
)
