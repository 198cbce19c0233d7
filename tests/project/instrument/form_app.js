// Google's FormApp as far as the script uses it: records the form and prints it as JSON. node form_app.js SCRIPT
const fs = require('fs');
const vm = require('vm');
const form = {items: [], settings: {}};

function item(type, setters) {
  const made = {type: type};
  form.items.push(made);
  const itself = {};
  setters.forEach(function (name) {
    itself['set' + name] = function (...values) {
      made[name[0].toLowerCase() + name.slice(1)] = values.length > 1 ? values : values[0];
      return itself;
    };
  });
  return itself;
}

function setting(name) {
  return function (value) { form.settings[name] = value; return itself; };
}

const itself = {
  setDescription: setting('description'),
  setCollectEmail: setting('collectEmail'),
  setProgressBar: setting('progressBar'),
  addPageBreakItem: () => item('page', ['Title']),
  addTextItem: () => item('text', ['Title']),
  addParagraphTextItem: () => item('comment', ['Title']),
  addMultipleChoiceItem: () => item('choice', ['Title', 'ChoiceValues']),
  addListItem: () => item('list', ['Title', 'ChoiceValues']),
  addGridItem: () => item('grid', ['Title', 'Rows', 'Columns']),
  addScaleItem: () => item('scale', ['Title', 'Bounds', 'Labels']),
  getEditUrl: () => 'https://forms.example/edit',
  getPublishedUrl: () => 'https://forms.example/view',
};
const world = {
  FormApp: {create: function (title) { form.title = title; return itself; }},
  Logger: {log: function () {}},
};
vm.runInNewContext(fs.readFileSync(process.argv[2], 'utf8') + '\nmakeForm();', world);
process.stdout.write(JSON.stringify(form));
