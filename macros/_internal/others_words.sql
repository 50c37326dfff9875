{# What is shown of a platform's error: the words that errors are made of, and none that may be a prompt's. #}

{#
    A platform's message, in which whatever is not a word that errors are made of is `…`; HTTP statuses and the model's name
    stay. The words are those of `redact` of the companion.
#}
{%- macro _others_words(message, model_name) -%}
    {%- set known = dbt_llm._words_of_errors() -%}
    {%- set shown = [] -%}
    {%- for word in dbt_llm._printable((message | string)[:2000]).split(' ') if word -%}
        {%- set bare = word.strip('.,:;()[]{}"\'') -%}
        {%- set is_status = bare | length == 3 and bare[0] in '2345' and bare.isdigit() -%}
        {%- set foreign = bare.lower().split('_') | reject('in', known) | list -%}
        {%- if not foreign or is_status or bare == model_name -%}
            {%- do shown.append(word) -%}
        {%- elif not shown or shown[-1] != '…' -%}
            {%- do shown.append('…') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return((shown | join(' '))[:300]) }}
{%- endmacro -%}

{%- macro _words_of_errors() -%}
    {{ return((
        'a about above abuse accept accepted access account accounts active add after again against all allow allowed already also always an and ' ~
        'another answer answered answers any api are argument arguments arn array as asked assistant at attempt audio authentication authorization ' ~
        'automatic available back bad balance base batch batches be because been before begin begins being below between billing blocked blocklist ' ~
        'body boolean both bytes cache call called calls came can cancelled cannot case change chat check choices choose client closed code come ' ~
        'completion completions configuration configured connection contact content contents context conversation copy could count created credit ' ~
        'credits currently custom cut cyber data day deactivated deadline decode default denied deployment deprecated description details developer ' ~
        'different dimension disabled do does done down dropped each either empty enabled end ended endpoint enough enqueued entity enum error errors ' ~
        'ever every exceed exceeded exceeds exhausted exist existing exists expected expired extra fail failed failure feature few fewer field fields ' ~
        'file files filter filtered finish first flagged following for forbidden form format found free from full function gateway generate generated ' ~
        'generation get given got grant greater had harmful has have header headers here high hour html http id if image images implemented in ' ~
        'include including incompatible incorrect increase input inputs instead insufficient int integer interface internal invalid invoke is it ' ~
        'items its job jobs json keep kept key keys known large larger last late later least length less limit limited limits line lines list load ' ~
        'local location log long longer low lower made malformed many match max maximum may mean message messages method middle min minimum minute ' ~
        'missing mistake mode model models moderation more most must name named near need needed needs network never new no none not nothing now null ' ~
        'number object of off on once one only open operation option or order organization other our out output overloaded owner page parameter ' ~
        'parameters parse parsed part parts pass path payload payment pending per permission permissions plan please policy pool possible prefix ' ~
        'previous price prohibited project prompt prompts properties property provide provided provider purchase query queue quota rate reached read ' ~
        'reason reasoning received recitation recognised recognized record records refused region reject rejected remote remove repeat replace ' ~
        'request requests require required requires reset resource response responses restricted result results retries retry return returned rights ' ~
        'role route running s safety same say says schema scope second seconds see send sent server servers service session set setting settings ' ~
        'short should size slow small so some something specified spend start state status stop stopped stored stream streaming strict string ' ~
        'structured subscription such support supported supports system t take taken temperature temporarily temporary text than that the their them ' ~
        'then there these they this those throttled tier time timed timeout to together token tokens too tool tools top total traffic tries try type ' ~
        'types unable unauthorized unavailable unexpected unknown unprocessable unreadable unsupported until up upgrade upload upstream usage use ' ~
        'used user using valid validation value values version violates violation wait wants was we were what when where which while who will with ' ~
        'within without word words written wrong x yet you your'
    ).split(' ')) }}
{%- endmacro -%}
