import {expect, test} from 'vitest'
import * as contracts from './index.ts'

test('exports these names', () => {
  expect(Object.keys(contracts).toSorted()).toMatchInlineSnapshot(`
    [
      "consumerOf",
      "consumers",
      "createEvent",
      "events",
      "jobIdOf",
      "jobs",
      "maxEventBytes",
      "parseEvent",
      "siteOfSubject",
      "subjectOf",
    ]
  `)
})
