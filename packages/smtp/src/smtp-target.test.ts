import {expect, test} from 'vitest'
import {smtpTarget} from './smtp-target.ts'

test.each([
  ['smtp://mail.example.org', {host: 'mail.example.org', port: 587, secure: false, startTls: 'when-offered'}],
  ['smtps://mail.example.org', {host: 'mail.example.org', port: 465, secure: true, startTls: 'when-offered'}],
  ['smtp://[::1]:2525', {host: '::1', port: 2525, secure: false, startTls: 'off'}],
  ['smtp://localhost:25', {host: 'localhost', port: 25, secure: false, startTls: 'off'}],
  ['smtp://127.0.0.2:25?tls=required', {host: '127.0.0.2', port: 25, secure: false, startTls: 'required'}],
  [
    'smtp://ann%40x.org:p%3Aw%2F@mail.example.org:25',
    {
      host: 'mail.example.org',
      port: 25,
      secure: false,
      startTls: 'required',
      credentials: {user: 'ann@x.org', pass: 'p:w/'},
    },
  ],
])('%s is understood: a password leaves this host under TLS alone', (url, target) => {
  expect(smtpTarget(url)).toEqual(target)
})
