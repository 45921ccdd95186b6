/** In a network of its own: serves DNS at 127.0.0.1:53 and lets Python, and so the C library, ask it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { serveDns } from '../dns-socket.ts'
import { crowdedNetwork, JOB } from '../network.ts'

const questions = `
import json, socket
def ask(name):
    try:
        return sorted({entry[4][0] for entry in socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)})
    except socket.gaierror as error:
        return next(key for key in dir(socket) if key.startswith('EAI_') and getattr(socket, key) == error.errno)
names = ['api.sagemaker.us-east-1.amazonaws.com', 'ip-10-0-1-23', 'nothing.us-east-1.amazonaws.com']
told = {name: ask(name) for name in names}
told['runtime.sagemaker.us-east-1.amazonaws.com'] = len(ask('runtime.sagemaker.us-east-1.amazonaws.com'))
told['10.0.1.23'] = socket.gethostbyaddr('10.0.1.23')[0]
print(json.dumps(told))
`

const server = await serveDns(crowdedNetwork, JOB, { port: 53 })
const python = spawn('python3', ['-c', questions], { stdio: 'inherit' })
const [code] = (await once(python, 'exit')) as [number | null]
server.close()
process.exitCode = code ?? 1
