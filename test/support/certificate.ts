import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Makes a key, and its own certificate for this machine, in a folder; returns their files. */
export function ownCertificate(folder: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const fresh = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const files = ['-nodes', '-keyout', key, '-out', cert, '-days', '1']
  execFileSync('openssl', [...fresh, ...files, ...subject], { stdio: 'ignore' })
  return { key, cert }
}
