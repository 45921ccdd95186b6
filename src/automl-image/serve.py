"""A candidate as an inference container: GET /ping, POST /invocations with rows of CSV, in the order of the training data."""

import csv
import io
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import features
from candidate import predictions


def respond(model, text, wanted):
    """One line for each row: what SAGEMAKER_INFERENCE_OUTPUT names, comma-separated."""
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    header = [name for name in model['header'] if name != model['target']]
    if rows and [cell.strip() for cell in rows[0]] == header:
        rows = rows[1:]
    if any(len(row) != len(header) for row in rows):
        raise ValueError(f'Each row must have {len(header)} values.')
    if not rows:
        return ''
    answers = predictions(model['members'], features.transform(model['encoder'], header, rows))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator='\n')
    for answer in answers:
        writer.writerow([column(model, answer, name) for name in wanted])
    return out.getvalue()


def column(model, answer, name):
    if not model['classes']:
        if name != 'predicted_label':
            raise ValueError(f'{name} is not something that a regression model says.')
        return answer
    best = max(range(len(answer)), key=answer.__getitem__)
    return {
        'predicted_label': model['classes'][best],
        'probability': answer[best],
        'probabilities': json.dumps(answer),
        'labels': json.dumps(model['classes']),
    }[name]


def serve(path):
    with open(path, encoding='utf-8') as file:
        model = json.load(file)
    wanted = os.environ.get('SAGEMAKER_INFERENCE_OUTPUT', 'predicted_label').split(',')

    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def answer(self, status, text):
            body = text.encode()
            self.send_response(status)
            self.send_header('Content-Type', 'text/csv')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.answer(200 if self.path == '/ping' else 404, '')

        def do_POST(self):
            text = self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()
            if self.path != '/invocations':
                return self.answer(404, '')
            try:
                self.answer(200, respond(model, text, wanted))
            except (ValueError, KeyError) as error:
                self.answer(400, f'{error}\n')

    server = ThreadingHTTPServer(('0.0.0.0', int(os.environ.get('SAGEMAKER_BIND_TO_PORT', '8080'))), Handler)
    server.serve_forever()
