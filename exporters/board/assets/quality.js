// The page of surveys: how content customers are, from how many answers, how sure that is, and how it was.
const answersTo = (numbers, row, survey) => numbers.cell(row, `survey_responses.${survey}`);

// [id, column, survey, format, ends of its scale, column of its bounds, column of its target]
const NPS = ["nps", "nps_score", "nps", points, [-100, 100], "nps_score_bound", "nps_target_score"];
const CSAT = ["csat", "csat_ratio", "csat", percent, [0, 1], "csat_ratio_bound", "csat_target_ratio"];
const EFFORT = ["effort", "ces_mean", "ces", decimal, [1, 5]];
const REVIEW = ["review", "iqs_ratio", "iqs", percent, [0, 1], "iqs_ratio_bound"];
const LIKELY = ["recommend", "switch", "repurchase"].map(kind =>
  [kind, `likelihood_ratio.${kind}`, kind, percent, [0, 1], `likelihood_ratio_bound.${kind}`]);
const FEELING = ["emotion", "net_emotion_ratio", "emotion", signedPercent, [-1, 1], "net_emotion_ratio_bound"];
const SURVEYS = ["nps", "csat", "ces", "iqs", "recommend", "switch", "repurchase", "emotion"];

// A target is reached or not; where even the bounds lie on one side of it, that is more than chance.
function standing(value, low, high, target) {
  if (value === null || target === null) return null;
  if (value >= target) return ["ok", low >= target ? say.on_target : say.on_target_perhaps];
  return high < target ? ["bad", say.below_target] : ["warn", say.below_perhaps];
}

// The three likelihoods share one metric and its term: what is likely is said in words of the page.
const kindOf = id => say.likely[id];

function score([id, column, survey, show, ends, bounds, goal], hasPast) {
  return numbers => {
    const row = numbers.scope, value = numbers.cell(row, column), answers = answersTo(numbers, row, survey);
    const [low, high] = ["lower", "upper"].map(bound => bounds ? numbers.cell(row, `${bounds}.${bound}`) : null);
    const target = goal ? numbers.cell(numbers.row(null, null), goal) : null;
    const reach = low === null ? null : say.between(joined(show(low)), joined(show(high)));
    const past = hasPast && numbers.only === null ? SETTINGS.windows : [];
    return {
      title: kindOf(id) ?? titleOf(id, column), big: show(value), column, row,
      unit: id === "effort" && value !== null ? say.of_five : "",
      status: standing(value, low, high, target),
      notes: [value === null ? say.no_answers : sample(answers), reach, target === null ? null : say.target(joined(show(target))),
        id === "csat" && value !== null ? say.mean(decimal(numbers.cell(row, "csat_mean"))[0]) : null,
        id === "effort" ? say.easy : null],
      interval: reach && { value, low, high, ends, target, text: reach },
      items: past.map(window => {
        const then = numbers.row(window, null), number = numbers.cell(then, column);
        return { label: `${say.window[window]} (${say.n(count(answersTo(numbers, then, survey) ?? 0)[0])})`, column, row: then ?? [window, null], value: show(number) };
      }),
    };
  };
}

function answers(numbers) {
  const row = numbers.scope;
  return {
    title: titleOf("answers", "survey_responses"), notes: row ? [] : [say.no_answers],
    items: bars(SURVEYS.map(survey => ({ label: say.survey[survey], column: `survey_responses.${survey}`, row, amount: answersTo(numbers, row, survey) }))),
  };
}

function queues(numbers) {
  const shown = [NPS, CSAT, EFFORT, REVIEW, ...LIKELY, FEELING];
  return {
    corner: say.queue, columns: shown.map(([id]) => say.short[id]),
    lines: numbers.lines.map(row => [row[1], ...shown.map(([, column, survey, show]) => {
      const value = numbers.cell(row, column);
      return [show(value), column, row, value === null ? "" : sample(answersTo(numbers, row, survey))];
    })]),
  };
}

const PAGE = loyalPage([
  ["nps", 3, score(NPS, true)], ["csat", 3, score(CSAT, true)], ["effort", 3, score(EFFORT, true)], ["review", 3, score(REVIEW, true)],
  ...LIKELY.map(each => [each[0], 2, score(each)]), ["emotion", 3, score(FEELING)], ["answers", 3, answers],
], queues);
