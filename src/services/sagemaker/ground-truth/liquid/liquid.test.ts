import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LiquidError } from './lexer.ts'
import { renderLiquid } from './liquid.ts'

const input = {
  text: 'a < b & "c"',
  labels: ['cat', 'dog'],
  n: 3,
  none: [],
  boxes: [
    { label: 'x', size: 2 },
    { label: 'y', size: 1 },
  ],
}

/** Template and outcome; `task.input` is the object above. */
const rendered: [template: string, outcome: string][] = [
  ['plain', 'plain'],
  ['{{ task.input.text }}', 'a &lt; b &amp; &quot;c&quot;'],
  ['{{ task.input.text | escape }}', 'a &lt; b &amp; &quot;c&quot;'],
  ['{{ task.input.text | skip_autoescape }}', 'a < b & "c"'],
  ["{{ '&amp; <' | escape_once }}", '&amp; &lt;'],
  ['{{ task.input.labels | to_json }}', '[&quot;cat&quot;,&quot;dog&quot;]'],
  ['{{ task.input.labels | to_json | skip_autoescape }}', '["cat","dog"]'],
  ['{{ task.input.nothing.at.all }}|{{ task.input.nothing | default: "none" }}', '|none'],
  ['{{ task.input.labels[1] }}{{ task.input["labels"].first }}{{ task.input.labels.size }}', 'dogcat2'],
  ['{{ task.input.constructor }}{{ task.__proto__ }}', ''],
  ['{% if task.input.n > 2 and task.input.labels contains "dog" %}yes{% else %}no{% endif %}', 'yes'],
  ['{% if task.input.none == empty %}e{% elsif true %}t{% endif %}', 'e'],
  ['{% if false %}a{% elsif task.input.n == 3 %}b{% else %}c{% endif %}', 'b'],
  ['{% unless task.input.n == 3 %}a{% else %}b{% endunless %}', 'b'],
  ['{% case task.input.n %}{% when 1, 2 %}low{% when 3 %}three{% else %}high{% endcase %}', 'three'],
  [
    '{% for one in task.input.labels %}{{ forloop.index }}{{ one }}{% unless forloop.last %},{% endunless %}{% endfor %}',
    '1cat,2dog',
  ],
  ['{% for one in task.input.none %}x{% else %}empty{% endfor %}', 'empty'],
  ['{% for i in (1..5) reversed limit: 3 offset: 1 %}{{ i }}{% endfor %}', '432'],
  [
    '{% for i in (1..9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}',
    '13',
  ],
  [
    '{% for box in task.input.boxes %}{% for l in task.input.labels %}{{ forloop.index0 }}{% endfor %}{{ box.label }}{% endfor %}',
    '01x01y',
  ],
  ['{{ task.input.boxes | sort: "size" | map: "label" | join: "-" }}', 'y-x'],
  ['{% assign a = "x,y" | split: "," %}{{ a | last | upcase }}', 'Y'],
  ['{% capture c %}[{{ task.input.n }}]{% endcapture %}{{ c }}{{ c }}', '[3][3]'],
  ['a {%- comment %} {% nothing %} {{ }} {% endcomment -%} b', 'ab'],
  ['{% raw %}{{ task.input.n }}{% endraw %}', '{{ task.input.n }}'],
  ['{{ task.input.n | plus: 2 | times: 2 | divided_by: 4 }}', '2'],
]

const refused: [template: string, message: RegExp, line: number][] = [
  ['{{ task.input.text', /Variable was not properly terminated/, 1],
  ['\n{% if true %}x', /'if' tag was never closed/, 2],
  ['{% include "x" %}', /Unknown tag 'include'/, 1],
  ['{{ 1 | nothing_such }}', /Unknown filter "nothing_such"/, 1],
  ['a\n\n{{ 1 | }}', /Expected a name/, 3],
  ['{{ "unclosed }}', /Unexpected character/, 1],
  ['{% endif %}', /Unknown tag 'endif'/, 1],
  ['{% for i in (1..99999999) %}{% endfor %}', /A range of more than/, 1],
  ['{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}', /turns of loops/, 1],
  ['{% assign a = "xxxxxxxxxx" %}{% for i in (1..99) %}{% assign a = a | append: a %}{% endfor %}', /characters/, 0],
]

describe('a Liquid template', () => {
  for (const [template, outcome] of rendered) {
    it(`${template} becomes ${outcome}`, () => assert.equal(renderLiquid(template, { task: { input } }), outcome))
  }

  for (const [template, message, line] of refused) {
    it(`${JSON.stringify(template)} is refused`, () => {
      assert.throws(
        () => renderLiquid(template, { task: { input } }),
        (error: unknown) => error instanceof LiquidError && message.test(error.message) && error.line === line,
      )
    })
  }

  it('takes filters of its caller', () => {
    assert.equal(renderLiquid('{{ 1 | own: 2 }}', {}, { own: (one, two) => `${String(one)}/${String(two)}` }), '1/2')
  })
})
