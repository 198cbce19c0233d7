// Makes the survey as a Google form: open script.google.com, paste this into a new project, run makeForm.
// The addresses of the form stand in the log. Questions by dxkit, free for any use (CC0 1.0).
function makeForm() {
  var form = FormApp.create(SURVEY.title);
  form.setDescription(SURVEY.intro).setCollectEmail(false).setProgressBar(true);
  SURVEY.pages.forEach(function (page, k) {
    if (k) form.addPageBreakItem();
    page.forEach(function (asked) { ADD[asked.type](form, asked); });
  });
  Logger.log('Edit: ' + form.getEditUrl());
  Logger.log('Answer: ' + form.getPublishedUrl());
}

var ADD = {
  text: function (form, asked) { form.addTextItem().setTitle(asked.title); },
  comment: function (form, asked) { form.addParagraphTextItem().setTitle(asked.title); },
  choice: function (form, asked) { form.addMultipleChoiceItem().setTitle(asked.title).setChoiceValues(asked.labels); },
  list: function (form, asked) { form.addListItem().setTitle(asked.title).setChoiceValues(asked.labels); },
  grid: function (form, asked) {
    form.addGridItem().setTitle(asked.title).setRows(asked.rows).setColumns(asked.labels);
  },
  scale: function (form, asked) {
    form.addScaleItem().setTitle(asked.title).setBounds(0, 10).setLabels(asked.labels[0], asked.labels[1]);
  }
};

var SURVEY = null;
