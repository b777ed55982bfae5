import {expect, test} from 'vitest'
import * as mail from './index.ts'

test('the public names of the package', () => {
  expect(Object.keys(mail).toSorted()).toEqual([
    'composeConfirmation',
    'composeDigest',
    'composeEdition',
    'composeFailure',
    'correctionSubject',
    'messageIdFor',
    'personalise',
    'preflight',
    'previewFor',
  ])
})
