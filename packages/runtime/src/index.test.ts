import {expect, test} from 'vitest'
import * as runtime from './index.ts'

test('exports these names', () => {
  expect(Object.keys(runtime).toSorted()).toMatchInlineSnapshot(`
    [
      "BroadsideError",
      "backoffMs",
      "createAlarm",
      "createHttpServer",
      "createLogger",
      "createLoop",
      "exitCodeOf",
      "explain",
      "finishStop",
      "giveBackMemory",
      "growSlowly",
      "isLoopback",
      "kindOf",
      "problemResponse",
      "programAt",
      "readConfig",
      "readSigningKey",
      "readSiteConfig",
      "runMain",
      "runUntilSignal",
      "shareTurn",
      "signJson",
      "siteVariable",
      "systemClock",
      "verifyJson",
    ]
  `)
})
