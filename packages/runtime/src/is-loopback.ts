/**
 * Whether a host, with or without a port, is this machine's own. A server without a password answers such requests alone: a
 * foreign page whose name was pointed at loopback would otherwise read it through its visitor's browser.
 */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)(?::\d+)?$/i.test(host)
}
