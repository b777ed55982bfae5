import {expect, test} from 'vitest'
import * as servers from './index.ts'

test('the public names are these', () => {
  expect(Object.keys(servers).sort()).toEqual([
    'endSurvivors',
    'findRadosgw',
    'findServer',
    'findServers',
    'findVarnish',
    'freePort',
    'nameListener',
    'portIsFree',
    'provideServers',
    'startNats',
    'startRedis',
    'whoListens',
  ])
})
