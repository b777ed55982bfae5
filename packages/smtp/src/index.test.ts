import {expect, test} from 'vitest'
import * as smtp from './index.ts'

test('the public names of the package', () => {
  expect(Object.keys(smtp).toSorted()).toEqual([
    'captureRoutes',
    'cleanReply',
    'createCaptureServer',
    'createDkimSigner',
    'createSubmitter',
    'dkimRecord',
    'newDkimKey',
    'readDkimKey',
  ])
})
